using System.Globalization;
using System.Text;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Hosting;

/// <summary>What a configuration would run, for a person to read: <c>--validate</c> prints it. Holds no secret.</summary>
internal static class ConfigurationSummary
{
    private const double MiB = 1024 * 1024;

    public static string Of(GatewayConfiguration configuration)
    {
        var text = new StringBuilder();
        foreach (var pipeline in configuration.Pipelines)
        {
            Line(text, $"pipeline {pipeline.Id}: {string.Join(", ", pipeline.Receivers)} -> {string.Join(", ", pipeline.Exporters)}{(pipeline.Distribution == Distribution.FirstRoute ? ", each resource to the first with a route for it" : string.Empty)}");
        }

        foreach (var (id, receiver) in configuration.Receivers)
        {
            Line(text, $"receiver {id}: {string.Join(", ", Entrances(receiver))}");
        }

        foreach (var (id, exporter) in configuration.Exporters)
        {
            Exporter(text, id, exporter, configuration);
        }

        Line(text, $"memory: {Size(configuration.AdmissionBytes)} for requests and queues together");
        Line(text, configuration.HealthCheck is { } health ? $"health: {health.Endpoint}{health.Path}, /livez, /readyz" : "health: not served");
        Line(text, configuration.Telemetry.MetricsEndpoint is { } metrics ? $"metrics: {metrics}/metrics, /routes" : "metrics: not served");
        Line(text, $"logs: {configuration.Telemetry.LogLevel}{(configuration.Telemetry.JsonLogs ? ", as JSON" : string.Empty)}");
        Line(text, configuration.ReloadInterval > TimeSpan.Zero
            ? $"reload: on SIGHUP, and when a file's content changes, looked at every {Time(configuration.ReloadInterval)}"
            : "reload: on SIGHUP");
        Line(text, $"stop: what is queued is sent for at most {Time(configuration.DrainTimeout)}");
        return text.ToString();
    }

    private static IEnumerable<string> Entrances(ReceiverConfiguration receiver)
    {
        if (receiver.Grpc is { } grpc)
        {
            yield return $"OTLP/gRPC at {grpc.Endpoint} up to {Size(grpc.MaxRequestBytes)}";
        }

        if (receiver.Http is { } http)
        {
            yield return $"OTLP/HTTP at {http.Endpoint} up to {Size(http.MaxRequestBytes)}";
        }
    }

    private static void Exporter(StringBuilder text, string id, ExporterConfiguration exporter, GatewayConfiguration configuration)
    {
        Line(text, $"exporter {id}: {Source(exporter)}");
        var routing = exporter.Routing;
        Line(text, $"  routing: by {routing.ProjectFromAttribute}, {routing.ProjectMapping.Count} values mapped to projects, {routing.DsnMapping.Count} to DSNs, slug policy {routing.SlugPolicy.ToString().ToLowerInvariant()}");
        Line(text, $"  what has no {routing.ProjectFromAttribute}: {(routing.FallbackProject is { } fallback ? $"project {fallback}" : exporter.Dsn is null ? "refused" : "the project of dsn")}");
        foreach (var pipelines in configuration.Pipelines.Where(pipeline => pipeline.Exporters.Contains(id)).GroupBy(pipeline => pipeline.Signal))
        {
            var batch = exporter.Queue.Batch ?? pipelines.First().Batch;
            Line(text, $"  {pipelines.Key.ToString().ToLowerInvariant()}: batches of {batch.Size} after at most {Time(batch.Timeout)}{(pipelines.Key == OtlpSignal.Logs ? ", never more than 1000" : string.Empty)}");
        }

        var queue = exporter.Queue;
        Line(text, $"  queue: {Size(queue.MaxBytesPerProject)} per project and signal, {Size(queue.MaxBytes)} in all, for at most {Time(queue.MaxAge)}, {queue.Consumers} senders");
        var retry = exporter.Retry;
        Line(text, retry.Enabled
            ? $"  retry: after {Time(retry.InitialInterval)} to {Time(retry.MaxInterval)}, for {(retry.MaxElapsedTime == TimeSpan.Zero ? "as long as data may wait" : Time(retry.MaxElapsedTime))}"
            : "  retry: off");
    }

    private static string Source(ExporterConfiguration exporter) => exporter switch
    {
        { Kubernetes: { } kubernetes } => $"projects from the SentryExporter {kubernetes.Exporter}",
        { Api: { } api } => $"projects of {api.Organization} at {api.Url.GetLeftPart(UriPartial.Path)}, {(exporter.AutoCreateProjects ? "missing ones are created" : "missing ones are not created")}",
        { Dsn: { } dsn } => $"project {dsn.ProjectId} at {dsn.BaseAddress.Authority}, without a token",
        _ => "projects by DSN, without a token",
    };

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB:0.##} MiB");

    private static string Time(TimeSpan time) => time switch
    {
        { TotalMinutes: >= 1 } when time.Ticks % TimeSpan.TicksPerMinute == 0 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes} min"),
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms"),
    };

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
