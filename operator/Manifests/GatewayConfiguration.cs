using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The gateway's configuration file, in the Collector's dialect. It holds no secret: those come through the environment and files.</summary>
internal static class GatewayConfiguration
{
    // The pod's own address: a gateway never listens on more than its network.
    private const string PodIp = "${env:POD_IP}";

    public static JsonObject Create(SentryExporter exporter) => new()
    {
        ["extensions"] = new JsonObject { ["health_check"] = new JsonObject { ["endpoint"] = $"{PodIp}:{GatewayPorts.Health}" } },
        ["receivers"] = new JsonObject
        {
            ["otlp"] = new JsonObject
            {
                ["protocols"] = new JsonObject
                {
                    ["grpc"] = new JsonObject { ["endpoint"] = $"{PodIp}:{GatewayPorts.Grpc}" },
                    ["http"] = new JsonObject { ["endpoint"] = $"{PodIp}:{GatewayPorts.Http}" },
                },
            },
        },
        ["processors"] = new JsonObject
        {
            ["batch"] = Batch(exporter.Spec.Batch),
            ["memory_limiter"] = new JsonObject { ["limit_percentage"] = 80, ["spike_limit_percentage"] = 20 },
        },
        ["exporters"] = new JsonObject { ["sentry"] = Exporter(exporter) },
        ["service"] = new JsonObject
        {
            ["extensions"] = new JsonArray("health_check"),
            ["pipelines"] = new JsonObject { ["logs"] = Pipeline(), ["traces"] = Pipeline() },
            ["telemetry"] = new JsonObject
            {
                ["logs"] = new JsonObject { ["encoding"] = "json", ["level"] = "info" },
                ["metrics"] = new JsonObject { ["readers"] = new JsonArray(PrometheusReader()) },
            },
        },
    };

    private static JsonObject Pipeline() => new()
    {
        ["receivers"] = new JsonArray("otlp"),
        ["processors"] = new JsonArray("memory_limiter", "batch"),
        ["exporters"] = new JsonArray("sentry"),
    };

    private static JsonObject PrometheusReader() => new()
    {
        ["pull"] = new JsonObject
        {
            ["exporter"] = new JsonObject { ["prometheus"] = new JsonObject { ["host"] = PodIp, ["port"] = GatewayPorts.Metrics } },
        },
    };

    private static JsonObject Batch(BatchSpec? batch) => Filled(
        ("timeout", batch?.Timeout),
        ("send_batch_size", batch?.SendBatchSize),
        ("send_batch_max_size", batch?.SendBatchMaxSize));

    private static JsonObject Exporter(SentryExporter exporter)
    {
        var spec = exporter.Spec;
        return Filled(
            ("auto_create_projects", spec.AutoCreateProjects),
            ("dsn", spec.DsnSecretRef is null ? null : $"${{env:{GatewayPaths.DsnVariable}}}"),
            ("routing", Routing(spec.Routing)),
            ("projects", new JsonObject
            {
                ["source"] = "kubernetes",
                ["exporter"] = exporter.Metadata.Name,
                ["namespace"] = exporter.Metadata.Namespace,
                ["max_auto_created"] = spec.Projects.MaxAutoCreated,
            }),
            ("timeout", spec.Timeout),
            ("http", Http(spec)),
            ("queue", Filled(("max_bytes_per_project", spec.Queue.MaxBytesPerProject is { } bytes ? Quantity.Bytes(bytes) : null), ("max_age", spec.Queue.MaxAge))),
            ("retry_on_failure", Retry(spec.Retry)));
    }

    private static JsonObject Routing(RoutingSpec routing) => Filled(
        ("project_from_attribute", routing.ProjectFromAttribute),
        ("on_missing_attribute", routing.OnMissingAttribute == MissingAttributePolicy.Fallback ? "fallback" : "drop"),
        ("fallback_project", routing.OnMissingAttribute == MissingAttributePolicy.Fallback ? routing.FallbackProject : null),
        ("slug_policy", routing.SlugPolicy == SlugPolicy.Normalize ? "normalize" : "strict"));

    private static JsonObject Http(SentryExporterSpec spec)
    {
        // A gateway in a cluster speaks to the ingest alone.
        var tls = spec.Ingest?.Tls ?? spec.Http.Tls;
        return Filled(
            ("tls", tls is null ? null : Filled(
                ("ca_file", tls.CaFrom is null ? null : $"{GatewayPaths.AuthoritiesFolder}/{GatewayPaths.AuthoritiesFile}"),
                ("insecure_skip_verify", tls.InsecureSkipVerify ? true : null),
                ("server_name_override", tls.ServerName))),
            ("headers", spec.Http.Headers is { Count: > 0 } headers ? ManifestMetadata.Map(headers) : null),
            ("proxy_url", spec.Http.ProxyUrl),
            ("compression", spec.Http.Compression == HttpCompression.None ? "none" : "gzip"));
    }

    private static JsonObject? Retry(RetrySpec? retry) => retry is null ? null : Filled(
        ("enabled", retry.Enabled),
        ("initial_interval", retry.InitialInterval),
        ("max_interval", retry.MaxInterval),
        ("max_elapsed_time", retry.MaxElapsedTime));

    private static JsonObject Filled(params ReadOnlySpan<(string Key, JsonNode? Value)> entries)
    {
        var map = new JsonObject();
        foreach (var (key, value) in entries)
        {
            if (value is not null and not JsonObject { Count: 0 })
            {
                map[key] = value;
            }
        }

        return map;
    }
}
