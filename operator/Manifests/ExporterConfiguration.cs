using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The exporter of the gateway's configuration: routing, the way to Sentry's ingest, queue, retries, metrics.</summary>
internal static class ExporterConfiguration
{
    /// <param name="exporter">The exporter.</param>
    /// <param name="inputs">Its gateway: of a shared one the queue, cut into even parts, and the way of metrics are the host's.</param>
    public static JsonObject Create(SentryExporter exporter, GatewayInputs inputs)
    {
        var spec = exporter.Spec;
        var host = inputs.Exporter.Spec;
        return JsonMap.Filled(
            ("auto_create_projects", spec.AutoCreateProjects),
            ("dsn", spec.DsnSecretRef is null ? null : ContentOf(GatewayFiles.DsnOf(exporter))),
            ("routing", Routing(spec.Routing)),
            ("projects", Projects(exporter)),
            ("timeout", spec.Timeout),
            ("http", Http(exporter)),
            ("queue", Queue(host.Queue, inputs.Guests.Count + 1)),
            ("retry_on_failure", Retry(spec.Retry)),
            ("metrics", ReferenceEquals(exporter, inputs.Exporter) ? Metrics(host.Metrics) : null));
    }

    private static JsonObject Routing(RoutingSpec routing) => JsonMap.Filled(
        ("project_from_attribute", Literal(routing.ProjectFromAttribute)),
        ("attribute_to_project_mapping", routing.AttributeToProjectMapping is { Count: > 0 } mapping ? ManifestMetadata.Map(mapping) : null),
        ("on_missing_attribute", routing.OnMissingAttribute == MissingAttributePolicy.Fallback ? "fallback" : "drop"),
        ("fallback_project", routing.OnMissingAttribute == MissingAttributePolicy.Fallback ? routing.FallbackProject : null),
        ("slug_policy", routing.SlugPolicy == SlugPolicy.Normalize ? "normalize" : "strict"));

    private static JsonObject Projects(SentryExporter exporter) => JsonMap.Filled(
        ("source", "kubernetes"),
        ("exporter", exporter.Metadata.Name),
        ("namespace", exporter.Metadata.Namespace),
        ("max_auto_created", exporter.Spec.Projects.MaxAutoCreated),
        ("max_created_per_minute", exporter.Spec.Projects.MaxCreatedPerMinute),
        ("allowed_services", Literal(exporter.Spec.Projects.AllowedServices)),
        ("denied_services", Literal(exporter.Spec.Projects.DeniedServices)));

    private static JsonArray? Literal(List<string>? texts) => JsonMap.List(texts?.ConvertAll(Literal));

    // A dollar begins a reference in the gateway's file: what an author writes shall not be one, least of all to a file of the pod.
    private static string Literal(string text) => text.Replace("$", "$$", StringComparison.Ordinal);

    private static Dictionary<string, string> Literal(Dictionary<string, string> texts) =>
        texts.ToDictionary(static text => text.Key, static text => Literal(text.Value), StringComparer.Ordinal);

    private static JsonObject Http(SentryExporter exporter) => JsonMap.Filled(
        ("tls", Tls(GatewayFiles.IngestTls(exporter.Spec), GatewayFiles.AuthoritiesOf(exporter))),
        ("headers", exporter.Spec.Http.Headers is { Count: > 0 } headers ? ManifestMetadata.Map(Literal(headers)) : null),
        ("proxy_url", exporter.Spec.Http.ProxyUrl is { } proxy ? Literal(proxy) : null),
        ("compression", exporter.Spec.Http.Compression == HttpCompression.None ? "none" : "gzip"));

    private static JsonObject? Tls(ClientTlsSpec? tls, string authorities) => tls is null ? null : JsonMap.Filled(
        ("ca_file", tls.CaFrom is null ? null : GatewayFile.FullPathOf(authorities)),
        ("insecure_skip_verify", tls.InsecureSkipVerify ? true : null),
        ("server_name_override", tls.ServerName is { } name ? Literal(name) : null));

    // What one organization can not take must leave room for the others.
    private static JsonObject Queue(QueueSpec queue, int exporters)
    {
        var isDisk = queue.Storage == QueueStorage.Disk;
        return JsonMap.Filled(
            ("storage", isDisk ? "disk" : null),
            ("directory", isDisk ? GatewayPaths.QueueFolder : null),
            ("max_bytes", QueueBytes.Of(queue) / exporters),
            ("max_bytes_per_project", queue.MaxBytesPerProject is { } bytes ? Quantity.Bytes(bytes) : null),
            ("max_age", queue.MaxAge),
            ("overflow", queue.Overflow == QueueOverflow.DropOldest ? "drop_oldest" : null));
    }

    private static JsonObject? Retry(RetrySpec? retry) => retry is null ? null : JsonMap.Filled(
        ("enabled", retry.Enabled),
        ("initial_interval", retry.InitialInterval),
        ("max_interval", retry.MaxInterval),
        ("max_elapsed_time", retry.MaxElapsedTime));

    private static JsonObject? Metrics(MetricsSpec? metrics)
    {
        if (metrics?.ForwardTo is not { } endpoint)
        {
            return null;
        }

        var headers = new SortedDictionary<string, string>(Literal(metrics.Headers ?? []), StringComparer.Ordinal);
        foreach (var header in metrics.HeadersFrom ?? [])
        {
            headers[header.Name] = ContentOf(GatewayFiles.MetricsHeader(header.Name));
        }

        return new JsonObject
        {
            ["forward_to"] = JsonMap.Filled(
                ("endpoint", Literal(endpoint)),
                ("protocol", metrics.Protocol == MetricsProtocol.Grpc ? "grpc" : "http/protobuf"),
                ("headers", ManifestMetadata.Map(headers)),
                ("tls", Tls(metrics.Tls, GatewayFiles.MetricsAuthorities))),
        };
    }

    // What stands in a file, put in by the gateway.
    private static string ContentOf(string path) => $"${{file:{GatewayFile.FullPathOf(path)}}}";
}
