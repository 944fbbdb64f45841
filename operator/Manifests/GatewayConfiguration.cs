using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The gateway's configuration file, in the Collector's dialect. It holds no secret: those are files of their own.</summary>
internal static class GatewayConfiguration
{
    /// <summary>The pod's own address: a gateway never listens on more than its network.</summary>
    public const string PodIp = "${env:POD_IP}";

    // Kept of the termination grace period for the end of the process itself.
    private const int SecondsToEnd = 5;

    public static JsonObject Create(SentryExporter exporter)
    {
        var spec = exporter.Spec;
        return new JsonObject
        {
            ["extensions"] = JsonMap.Filled(
                ("health_check", new JsonObject { ["endpoint"] = $"{PodIp}:{GatewayPorts.Health}" }),
                (ReceiverConfiguration.Authenticator, ReceiverConfiguration.AuthenticatorOf(spec.Gateway))),
            ["receivers"] = new JsonObject { ["otlp"] = ReceiverConfiguration.Create(spec.Gateway) },
            ["processors"] = new JsonObject
            {
                ["batch"] = Batch(spec.Batch),
                ["memory_limiter"] = new JsonObject { ["limit_percentage"] = 80, ["spike_limit_percentage"] = 20 },
            },
            ["exporters"] = new JsonObject { ["sentry"] = ExporterConfiguration.Create(exporter) },
            ["service"] = Service(spec),
        };
    }

    private static JsonObject Service(SentryExporterSpec spec) => JsonMap.Filled(
        ("drain_timeout", DrainTimeout(spec.Gateway.TerminationGracePeriodSeconds)),
        ("extensions", spec.Gateway.Auth is null ? new JsonArray("health_check") : new JsonArray(ReceiverConfiguration.Authenticator, "health_check")),
        ("pipelines", JsonMap.Filled(
            ("logs", Pipeline("memory_limiter", "batch")),
            ("metrics", spec.Metrics?.ForwardTo is null ? null : Pipeline("memory_limiter")),
            ("traces", Pipeline("memory_limiter", "batch")))),
        ("telemetry", new JsonObject
        {
            ["logs"] = new JsonObject { ["encoding"] = "json", ["level"] = "info" },
            ["metrics"] = new JsonObject { ["readers"] = new JsonArray(PrometheusReader()) },
        }));

    private static string DrainTimeout(int gracePeriod) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(gracePeriod - SecondsToEnd, gracePeriod / 2)}s");

    private static JsonObject Pipeline(params IReadOnlyCollection<string> processors) => new()
    {
        ["receivers"] = new JsonArray("otlp"),
        ["processors"] = JsonMap.List(processors),
        ["exporters"] = new JsonArray("sentry"),
    };

    private static JsonObject PrometheusReader() => new()
    {
        ["pull"] = new JsonObject
        {
            ["exporter"] = new JsonObject { ["prometheus"] = new JsonObject { ["host"] = PodIp, ["port"] = GatewayPorts.Metrics } },
        },
    };

    private static JsonObject Batch(BatchSpec? batch) => JsonMap.Filled(
        ("timeout", batch?.Timeout),
        ("send_batch_size", batch?.SendBatchSize),
        ("send_batch_max_size", batch?.SendBatchMaxSize));
}
