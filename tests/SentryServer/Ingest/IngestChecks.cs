using System.Globalization;
using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>What ingest checks against the project's state, in Relay's order.</summary>
internal static class IngestChecks
{
    private static readonly string[] TraceCategories = ["span"];
    private static readonly string[] LogCategories = ["log_item", "log_byte"];

    /// <summary>The refusal at the edge. A pending key passes: <see cref="Late"/> judges it after the answer.</summary>
    public static IngestRefusal? Edge(SentryState state, Signal signal, IngestCredential credential, long urlProject, HttpRequest request)
    {
        var entry = state.Relay.Lookup(credential.PublicKey);
        var refusal = entry.State switch
        {
            RelayKeyState.Pending => null,
            RelayKeyState.Disabled => IngestRefusal.Rejected("ProjectId"),
            _ => Project(state, signal, credential, urlProject, entry.ProjectId!.Value, request),
        };
        return refusal ?? (state.Modes.BufferFull ? IngestRefusal.BufferFull : null);
    }

    /// <summary>What becomes of accepted data once Sentry looks at it with the true state of key and project; null when it is stored.</summary>
    public static IngestRefusal? Late(SentryState state, Signal signal, IngestCredential credential, long urlProject, HttpRequest request) =>
        state.Relay.TrueProject(credential.PublicKey) is { } project ? Project(state, signal, credential, urlProject, project, request) : IngestRefusal.Rejected("ProjectId");

    /// <summary>The project id of the path: a positive decimal number.</summary>
    public static bool TryProjectId(string text, out long id) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;

    private static IngestRefusal? Project(SentryState state, Signal signal, IngestCredential credential, long urlProject, long keyProject, HttpRequest request)
    {
        if (urlProject != keyProject)
        {
            return IngestRefusal.Rejected("ProjectId");
        }

        if (state.Projects.Get(keyProject) is { } project && !OriginCheck.Allows(project, request))
        {
            return IngestRefusal.Rejected("Cors");
        }

        if (signal == Signal.Traces && !state.Modes.TracesIngestion)
        {
            return IngestRefusal.Rejected("FeatureDisabled(OtlpTracesEndpoint)");
        }

        if (signal == Signal.Logs && !state.Modes.LogsIngestion)
        {
            return IngestRefusal.Rejected("FeatureDisabled(OurLogsIngestion)");
        }

        var limits = state.Limits.Matching(keyProject, credential.PublicKey, signal == Signal.Traces ? TraceCategories : LogCategories);
        return limits.IsEmpty ? null : IngestRefusal.RateLimited(limits);
    }
}
