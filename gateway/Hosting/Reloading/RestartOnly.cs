using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>What a running gateway can not change.</summary>
internal static class RestartOnly
{
    private static readonly string[] LiveInService = ["service.pipelines", "service.drain_timeout", "service.reload_interval", "service.extensions", "service.telemetry.logs.level"];

    private static readonly string[] LiveInExporter =
        ["url", "org_slug", "auth_token", "dsn", "auto_create_projects", "routing", "projects", "http", "timeout", "sending_queue", "queue", "retry_on_failure", "metrics"];

    // What a queue is made of; its bounds follow.
    private static readonly string[] FixedInExporter = ["queue.storage", "queue.directory", "queue.fsync", "sending_queue.storage"];

    /// <summary>The changed paths that keep their value until the gateway is restarted.</summary>
    public static IEnumerable<string> Of(ConfigurationChange change, GatewayConfiguration before, GatewayConfiguration next) =>
        change.Paths.Where(path => path switch
        {
            _ when Is(path, "service.telemetry.metrics") => !IsListenAddress(path),
            _ when Is(path, "service") => !LiveInService.Any(live => Is(path, live)) && !IsSection(path),
            _ when path.StartsWith("extensions.file_storage", StringComparison.Ordinal) => true,
            _ when Is(path, "exporters") => IsFixedInExporter(path, before, next),
            _ => false,
        });

    private static bool Is(string path, string section) => ConfigurationChange.IsUnder(path, section);

    // Where metrics are served moves; a reader that pushes them is made at the start.
    private static bool IsListenAddress(string path) =>
        Is(path, "service.telemetry.metrics.address") || Is(path, "service.telemetry.metrics.level") || path.Contains(".pull", StringComparison.Ordinal)
        || IsSection(path) || path.EndsWith(']');

    private static bool IsSection(string path) => path is "service" or "service.telemetry" or "service.telemetry.logs" or "service.telemetry.metrics";

    private static bool IsFixedInExporter(string path, GatewayConfiguration before, GatewayConfiguration next)
    {
        // An exporter that came or went is started or drained; only a running one has something fixed.
        // The names of exporters may have dots.
        if (before.Exporters.Keys.Intersect(next.Exporters.Keys).Where(id => Is(path, $"exporters.{id}")).MaxBy(static id => id.Length) is not { } exporter || path.Length == $"exporters.{exporter}".Length)
        {
            return false;
        }

        var key = path[$"exporters.{exporter}.".Length..];
        return FixedInExporter.Any(fixedKey => Is(key, fixedKey)) || !LiveInExporter.Any(live => Is(key, live));
    }
}
