using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests.Manifests;

/// <summary>Exporters that the manifests are tested with.</summary>
internal static class TestExporters
{
    private static readonly ServedVersions Versions = new("policy/v1", "autoscaling/v2");

    public static GatewayInputs Minimal { get; } = Inputs(
        """{"orgSlug": "acme", "authTokenSecretRef": {"name": "sentry", "key": "token"}}""");

    /// <summary>Every setting that has an effect on a manifest.</summary>
    public static GatewayInputs Full { get; } = Inputs(
        """
        {
          "url": "https://sentry.example.com/prefix", "orgSlug": "acme", "authTokenSecretRef": {"name": "sentry", "key": "token"}, "autoCreateProjects": true,
          "routing": {"projectFromAttribute": "service.namespace", "onMissingAttribute": "Fallback", "fallbackProject": "rest", "slugPolicy": "Strict"},
          "projects": {"team": "platform", "maxAutoCreated": 7}, "timeout": "12s",
          "http": {"headers": {"X-Proxy": "yes"}, "proxyUrl": "http://proxy:3128", "compression": "none"},
          "ingest": {"tls": {"caFrom": {"configMapKeyRef": {"name": "bundle", "key": "ca.pem"}}, "insecureSkipVerify": true, "serverName": "ingest.example.com"}},
          "batch": {"timeout": "3s", "sendBatchSize": 100, "sendBatchMaxSize": 200},
          "retry": {"enabled": true, "initialInterval": "1s", "maxInterval": "9s", "maxElapsedTime": "10m"},
          "queue": {"maxBytesPerProject": "2M", "maxAge": "5m"},
          "gateway": {
            "autoscaling": {"minReplicas": 2, "maxReplicas": 5, "targetCPUUtilizationPercentage": 70},
            "image": "registry.example.com/gateway:1", "resources": {"limits": {"memory": "1Gi"}},
            "podAnnotations": {"example.com/a": "b"}, "labels": {"team": "observability", "app.kubernetes.io/name": "not-mine-to-set"},
            "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "dedicated", "operator": "Exists"}],
            "affinity": {"podAntiAffinity": {}}, "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
            "priorityClassName": "high", "serviceAccountName": "own-account",
            "service": {"type": "LoadBalancer", "annotations": {"example.com/lb": "internal"}},
            "ingress": {"host": "otlp.example.com", "className": "nginx", "annotations": {"example.com/i": "j"}, "tlsSecretName": "otlp-tls"},
            "podDisruptionBudget": {"minAvailable": "50%"},
            "networkPolicy": {"allowFrom": [{"namespaceSelector": {}}], "allowMetricsFrom": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]},
            "env": [{"name": "TZ", "value": "UTC"}, {"name": "FROM", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
            "terminationGracePeriodSeconds": 90
          }
        }
        """);

    public static GatewayInputs Dsn { get; } = Inputs("""{"dsnSecretRef": {"name": "sentry", "key": "dsn"}}""");

    public static GatewayInputs Inputs(string spec, string name = "main") => new(
        new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = "observability", Uid = "11111111-2222-3333-4444-555555555555", Generation = 1 },
            Spec = JsonSerializer.Deserialize(spec, CrdJsonContext.Default.SentryExporterSpec)!,
        },
        "gateway:default",
        "",
        Versions);

    /// <summary>Every manifest of a gateway, in the order in which they are applied.</summary>
    public static IEnumerable<JsonObject> Manifests(GatewayInputs inputs)
    {
        var configuration = GatewayConfigMap.Create(inputs);
        JsonObject?[] all =
        [
            GatewayServiceAccount.Create(inputs),
            GatewayRole.Create(inputs),
            GatewayRole.CreateBinding(inputs),
            configuration,
            GatewayService.Create(inputs),
            GatewayDeployment.Create(inputs, configuration, inputs.Gateway.Autoscaling is null ? inputs.Gateway.Replicas ?? 1 : null),
            GatewayIngress.Create(inputs),
            GatewayNetworkPolicy.Create(inputs),
            GatewayPodDisruptionBudget.Create(inputs),
            GatewayHorizontalPodAutoscaler.Create(inputs),
        ];
        return all.OfType<JsonObject>();
    }
}
