using System.Diagnostics.CodeAnalysis;
using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Ingest;

/// <summary>The OTLP addresses of one project: <c>.../api/{project id}/integration/otlp/v1/{traces|logs}</c>.</summary>
/// <param name="Traces">Takes ExportTraceServiceRequest by POST.</param>
/// <param name="Logs">Takes ExportLogsServiceRequest by POST.</param>
public sealed record OtlpEndpoints(Uri Traces, Uri Logs)
{
    /// <summary>Derives both from a DSN, as servers before July 2025 need it.</summary>
    public static OtlpEndpoints FromDsn(Dsn dsn)
    {
        ArgumentNullException.ThrowIfNull(dsn);
        return new OtlpEndpoints(Derive(dsn, "traces"), Derive(dsn, "logs"));
    }

    /// <summary>
    /// Takes the addresses that the key names (the server knows its own paths, which changed over time), else derives them from its DSN, and moves them below
    /// <paramref name="ingestUrl"/>. With that one a key needs no address at all: a Sentry whose <c>system.url-prefix</c> is unset gives DSNs without scheme and host.
    /// </summary>
    /// <param name="key">A client key as the API gives it.</param>
    /// <param name="ingestUrl">The base to use in place of the server's own; null for none.</param>
    /// <param name="endpoints">Set on success.</param>
    /// <param name="error">Says what is wrong with the key, without the key.</param>
    public static bool TryFromKey(ProjectKey key, Uri? ingestUrl, [NotNullWhen(true)] out OtlpEndpoints? endpoints, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(key);
        endpoints = null;
        var traces = Address(key.Dsn?.OtlpTraces);
        var logs = Address(key.Dsn?.OtlpLogs);
        if (traces is not null && logs is not null)
        {
            endpoints = new OtlpEndpoints(traces, logs).WithIngestUrl(ingestUrl);
            error = null;
            return true;
        }

        if (Dsn.TryParse(key.Dsn?.Public, out var dsn, out error))
        {
            endpoints = new OtlpEndpoints(traces ?? Derive(dsn, "traces"), logs ?? Derive(dsn, "logs")).WithIngestUrl(ingestUrl);
            return true;
        }

        if (ingestUrl is null || !Dsn.IsProjectId(key.ProjectId))
        {
            return false;
        }

        var baseAddress = new Uri(ingestUrl.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
        endpoints = new OtlpEndpoints(Derive(baseAddress, key.ProjectId, "traces"), Derive(baseAddress, key.ProjectId, "logs"));
        error = null;
        return true;
    }

    /// <summary>
    /// The same endpoints under another base, in place of scheme, host, port and path prefix: for a Sentry whose public name can not be
    /// reached from here.
    /// </summary>
    public OtlpEndpoints WithIngestUrl(Uri? ingestUrl)
    {
        return ingestUrl is null ? this : new OtlpEndpoints(Move(Traces), Move(Logs));

        Uri Move(Uri endpoint)
        {
            var path = endpoint.AbsolutePath;
            var prefix = path.LastIndexOf("/api/", StringComparison.Ordinal);
            return new Uri(ingestUrl.GetLeftPart(UriPartial.Path).TrimEnd('/') + (prefix < 0 ? path : path[prefix..]));
        }
    }

    private static Uri Derive(Dsn dsn, string signal) => Derive(dsn.BaseAddress, dsn.ProjectId, signal);

    private static Uri Derive(Uri baseAddress, string projectId, string signal) => new(baseAddress, $"api/{projectId}/integration/otlp/v1/{signal}");

    private static Uri? Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri : null;
}
