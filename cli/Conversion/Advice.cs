using System.Text.RegularExpressions;

namespace SentryOtel.Cli.Conversion;

/// <summary>What to do about settings that a SentryExporter does not have.</summary>
internal static class Advice
{
    /// <summary>How advice begins that asks for nothing.</summary>
    public const string NothingToDo = "nothing to do: ";

    private const string KeepCollector = "keep an OpenTelemetry Collector for it that sends on to the gateway (status.endpoint of the SentryExporter)";

    private static readonly (Regex Path, string Text)[] Known =
    [
        (Of(@"^receivers\.otlp[^.]*\.protocols\.(grpc|http)\.endpoint"), "the gateway listens on 4317 (gRPC) and 4318 (HTTP) of its Service; clients send to status.endpoint of the SentryExporter"),
        (Of(@"^receivers\.otlp[^.]*\.protocols\.(grpc|http)\.tls"), "put the certificate and its key into a Secret of type kubernetes.io/tls, and name it in spec.gateway.tls.secretName; authorities of clients go into spec.gateway.tls.clientCaFrom"),
        (Of(@"^receivers\.otlp[^.]*\.protocols\.(grpc|http)\.auth"), "put the tokens into a Secret and name it in spec.gateway.auth.bearerTokenSecretRef; the gateway in a cluster knows no other way"),
        (Of(@"^receivers\.otlp[^.]*$"), NothingToDo + "the gateway receives OTLP over gRPC on 4317 and over HTTP on 4318"),
        (Of(@"^receivers\.otlp[^.]*\.protocols\.(grpc|http)$"), NothingToDo + "the gateway receives both"),
        (Of(@"^receivers\.otlp"), "the gateway in a cluster has its own value; run it without the operator when it must be another (docs/gateway.md)"),
        (Of(@"^receivers\."), $"the gateway receives OTLP alone: {KeepCollector}"),
        (Of(@"^processors\.memory_limiter"), "set a memory limit of the pods instead, from which the gateway takes its own: spec.gateway.resources.limits.memory"),
        (Of(@"^processors\.batch"), "batches are cut per project; spec.batch has timeout, sendBatchSize and sendBatchMaxSize"),
        (Of(@"^processors\."), KeepCollector),
        (Of(@"^connectors\."), KeepCollector),
        (Of(@"^extensions\.health_check"), NothingToDo + "the operator gives every pod its probes"),
        (Of(@"^extensions\.file_storage"), "the queue on disk is spec.queue.storage Disk with a volume per pod (spec.queue.volumeClaim)"),
        (Of(@"^extensions\.(bearertokenauth|basicauth)"), "put tokens of clients into a Secret and name it in spec.gateway.auth.bearerTokenSecretRef"),
        (Of(@"^extensions\."), "the gateway has no such extension"),
        (Of(@"^service\.telemetry\.metrics"), "every gateway pod serves :8888/metrics; spec.gateway.monitor makes a ServiceMonitor or PodMonitor for it"),
        (Of(@"^service\.telemetry"), "the gateway in a cluster has its own value"),
        (Of(@"^service\."), "the gateway in a cluster has its own value"),
        (Of(@"\.http\.tls\.(cert|key)_"), "a certificate of the client's own towards Sentry is not supported by the operator: let a proxy in the cluster show it, and name that in spec.http.proxyUrl or spec.ingest.urlOverride"),
        (Of(@"\.http\.headers\."), "spec.http.headers is readable by whoever may read the SentryExporter, and this value looks confidential: let a proxy add it, and name that in spec.ingest.urlOverride"),
        (Of(@"\.http\.proxy_url"), "spec.http.proxyUrl takes an http or https address without user and password"),
        (Of(@"\.sending_queue\.queue_size"), "queues are bounded in bytes: spec.queue.maxBytes and maxBytesPerProject"),
        (Of(@"\.sending_queue\.num_consumers"), "the gateway sends as many batches at a time as it needs, and to each project on its own"),
        (Of(@"\.retry_on_failure\."), "spec.retry has initialInterval, maxInterval and maxElapsedTime; the rest is the gateway's own"),
        (Of(@"\.routing\.attribute_to_(project|dsn)_mapping\."), "write a SentryProjectRoute for the service with a legal slug or DSN"),
        (Of(@"^exporters\.(debug|logging|nop)"), NothingToDo + ":8888/routes of each gateway pod and 'kubectl sentry-otel trace' show what flows"),
        (Of(@"^exporters\.sentry[^.]*\."), "the operator has no such setting"),
        (Of(@"^exporters\.otlp_?http[^.]*\."), "spec.http, spec.retry and spec.queue of the SentryExporter have settings of their own"),
        (Of(@"^exporters\."), "it does not lead to Sentry: keep an OpenTelemetry Collector that sends to both this and the gateway"),
    ];

    /// <summary>What to do about a path; null when nobody has thought of it.</summary>
    public static string? For(string path) => Array.Find(Known, known => known.Path.IsMatch(path)).Text;

    private static Regex Of(string pattern) => new(pattern, RegexOptions.CultureInvariant);
}
