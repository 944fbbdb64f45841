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

    public static JsonObject Create(GatewayInputs inputs)
    {
        var spec = inputs.Exporter.Spec;
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
            ["exporters"] = new JsonObject(inputs.Members.Select(member => KeyValuePair.Create(ComponentOf(member), (JsonNode?)ExporterConfiguration.Create(member, inputs)))),
            ["service"] = Service(inputs),
        };
    }

    /// <summary>What a gateway calls an exporter.</summary>
    public static string ComponentOf(SentryExporter exporter) => exporter.Spec.Gateway.Shared ? $"sentry/{exporter.Metadata.Name}" : "sentry";

    private static JsonObject Service(GatewayInputs inputs) => JsonMap.Filled(
        ("drain_timeout", DrainTimeout(inputs.Gateway.TerminationGracePeriodSeconds)),
        ("extensions", inputs.Gateway.Auth is null ? new JsonArray("health_check") : new JsonArray(ReceiverConfiguration.Authenticator, "health_check")),
        ("pipelines", JsonMap.Filled(
            ("logs", Pipeline(inputs, "memory_limiter", "batch")),
            ("metrics", inputs.Exporter.Spec.Metrics?.ForwardTo is null ? null : Pipeline([inputs.Exporter], isRouted: false, "memory_limiter")),
            ("traces", Pipeline(inputs, "memory_limiter", "batch")))),
        ("telemetry", new JsonObject
        {
            ["logs"] = new JsonObject { ["encoding"] = "json", ["level"] = "info" },
            ["metrics"] = new JsonObject { ["readers"] = new JsonArray(PrometheusReader()) },
        }));

    private static string DrainTimeout(int gracePeriod) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(gracePeriod - SecondsToEnd, gracePeriod / 2)}s");

    private static JsonObject Pipeline(GatewayInputs inputs, params IReadOnlyCollection<string> processors) => Pipeline(inputs.Members, inputs.IsShared, processors);

    private static JsonObject Pipeline(IEnumerable<SentryExporter> exporters, bool isRouted, params IReadOnlyCollection<string> processors) => JsonMap.Filled(
        ("receivers", new JsonArray("otlp")),
        ("processors", JsonMap.List(processors)),
        ("distribution", isRouted ? "first_route" : null),
        ("exporters", new JsonArray([.. exporters.Select(static exporter => (JsonNode)ComponentOf(exporter))])));

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
