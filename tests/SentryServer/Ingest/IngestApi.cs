using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>The ingest port: Relay's two OTLP routes, with and without a slash at the end.</summary>
internal static class IngestApi
{
    public static void Use(WebApplication app, SentryState state, FaultQueue faults, string prefix, CancellationToken stopping)
    {
        app.Use(new RequestRecorder(state, ServerSide.Ingest, prefix).InvokeAsync);
        app.UseRouting();
        app.Use(new FaultMiddleware(faults, ServerSide.Ingest, state.Time, stopping).InvokeAsync);
        app.MapPost($"{prefix}/api/{{project}}/integration/otlp/v1/traces", context => ServeAsync(context, state, Signal.Traces));
        app.MapPost($"{prefix}/api/{{project}}/integration/otlp/v1/logs", context => ServeAsync(context, state, Signal.Logs));
    }

    private static async Task ServeAsync(HttpContext context, SentryState state, Signal signal)
    {
        var modes = state.Modes;
        if (!modes.OtlpRoutes)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var (export, refusal) = await AcceptAsync(context, state, signal, modes);
        if (export is null)
        {
            await IngestAnswers.RefuseAsync(context, refusal!, state);
            return;
        }

        Recording.Record(state, export, IngestChecks.Late(state, signal, export.Credential, export.UrlProject, context.Request));
        await IngestAnswers.SuccessAsync(context, export.Format, modes);
    }

    /// <summary>Relay's checks in Relay's order. The body is not looked into.</summary>
    private static async Task<(AcceptedExport? Export, IngestRefusal? Refusal)> AcceptAsync(HttpContext context, SentryState state, Signal signal, Modes modes)
    {
        var request = context.Request;
        if (!IngestChecks.TryProjectId((string?)context.GetRouteValue("project") ?? "", out var urlProject))
        {
            return (null, IngestRefusal.BadProjectPath);
        }

        var (credential, unauthenticated) = IngestAuth.Read(request);
        if (credential is null)
        {
            return (null, unauthenticated);
        }

        var trace = RequestTrace.Of(context);
        trace.Credential = credential.Form;
        if (ContentTypes.Of(request) is not { } format)
        {
            return (null, IngestRefusal.ContentType(request.ContentType));
        }

        var (body, unreadable) = await IngestBody.ReadAsync(request, modes, context.RequestAborted);
        if (body is null)
        {
            return (null, unreadable);
        }

        return IngestChecks.Edge(state, signal, credential, urlProject, request) is { } refusal
            ? (null, refusal)
            : (new AcceptedExport(trace.Id, signal, format, credential, urlProject, body), null);
    }
}
