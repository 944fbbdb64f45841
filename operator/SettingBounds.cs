using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator;

/// <summary>
/// Addresses, durations and sizes that the definition's patterns let through and that nothing can be done with. Nothing downstream looks again, so whatever is read from a
/// spec has its bounds here.
/// </summary>
internal static class SettingBounds
{
    /// <summary>The longest that queued data are kept. Beyond, no clock has a time to compare with.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromHours(87600);

    private const long MostBytes = 1L << 50;

    /// <summary>All that is out of bounds.</summary>
    public static IEnumerable<FieldError> Find(SentryExporterSpec spec) =>
    [
        .. OfConnection(spec),
        .. Address("spec.metrics.forwardTo", spec.Metrics?.ForwardTo),
        .. Duration("spec.batch.timeout", spec.Batch?.Timeout, "0s", "1h"),
        .. Duration("spec.retry.initialInterval", spec.Retry?.InitialInterval, "1ms", "24h"),
        .. Duration("spec.retry.maxInterval", spec.Retry?.MaxInterval, "1ms", "24h"),
        .. Duration("spec.retry.maxElapsedTime", spec.Retry?.MaxElapsedTime, "0s", "87600h"),
        .. Duration("spec.queue.maxAge", spec.Queue.MaxAge, "1ms", "87600h"),
        .. Duration("spec.gateway.monitor.interval", spec.Gateway.Monitor?.Interval, "1ms", "24h"),
        .. Size("spec.queue.maxBytes", spec.Queue.MaxBytes),
        .. Size("spec.queue.maxBytesPerProject", spec.Queue.MaxBytesPerProject),
        .. Size("spec.queue.volumeClaim.size", spec.Queue.VolumeClaim?.Size),
    ];

    /// <summary>What is out of bounds of the way to Sentry: with it neither its API nor its ingest is to be asked, since another would be.</summary>
    public static IEnumerable<FieldError> OfConnection(SentryExporterSpec spec) =>
    [
        .. Address("spec.url", spec.Url),
        .. Address("spec.http.proxyUrl", spec.Http.ProxyUrl),
        .. Address("spec.ingest.urlOverride", spec.Ingest?.UrlOverride),
        .. Duration("spec.timeout", spec.Timeout, "1ms", "1h"),
    ];

    private static IEnumerable<FieldError> Address(string path, string? text) => text is null || HttpAddress.TryParse(text, out _)
        ? []
        : [new FieldError(path, "is no address: it takes a host name or an IP address (IPv6 in brackets), and a port from 1 to 65535 if any, as https://sentry.example.com:8443")];

    private static IEnumerable<FieldError> Duration(string path, string? text, string least, string most) =>
        text is null || (GoDuration.TryParse(text, out var duration) && duration >= GoDuration.Parse(least) && duration <= GoDuration.Parse(most))
            ? []
            : [new FieldError(path, $"must be from {least} to {most}")];

    private static IEnumerable<FieldError> Size(string path, string? text) =>
        text is null || (Quantity.TryBytes(text, out var bytes) && bytes <= MostBytes)
            ? []
            : [new FieldError(path, "must be at most 1024Ti")];
}
