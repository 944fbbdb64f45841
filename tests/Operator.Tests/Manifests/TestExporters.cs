using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests.Manifests;

/// <summary>Exporters that the manifests are tested with.</summary>
internal static class TestExporters
{
    private static readonly ServedVersions Versions = new("policy/v1", "autoscaling/v2")
    {
        ServiceMonitor = "monitoring.coreos.com/v1",
        PodMonitor = "monitoring.coreos.com/v1",
        ClaimRetention = true,
    };

    public static GatewayInputs Minimal { get; } = Inputs(
        """{"orgSlug": "acme", "authTokenSecretRef": {"name": "sentry", "key": "token"}}""");

    /// <summary>Every setting that has an effect on a manifest.</summary>
    public static GatewayInputs Full { get; } = Inputs(
        """
        {
          "url": "https://sentry.example.com/prefix", "orgSlug": "acme", "authTokenSecretRef": {"name": "sentry", "key": "token"}, "autoCreateProjects": true,
          "routing": {"projectFromAttribute": "service.namespace", "onMissingAttribute": "Fallback", "fallbackProject": "rest", "slugPolicy": "Strict",
            "attributeToProjectMapping": {"Legacy.Orders": "the-old-orders", "$x": "x"}},
          "projects": {"team": "platform", "maxAutoCreated": 7, "maxCreatedPerMinute": 5, "allowedServices": ["shop-*", "${x}"], "deniedServices": ["unknown_service*"]}, "timeout": "12s",
          "http": {"headers": {"X-Proxy": "yes", "X-Literal": "$$ ${env:HOME} $x"}, "proxyUrl": "http://proxy:3128", "compression": "none"},
          "ingest": {"tls": {"caFrom": {"configMapKeyRef": {"name": "bundle", "key": "ca.pem"}}, "insecureSkipVerify": true, "serverName": "ingest.example.com"}},
          "batch": {"timeout": "3s", "sendBatchSize": 100, "sendBatchMaxSize": 200},
          "retry": {"enabled": true, "initialInterval": "1s", "maxInterval": "9s", "maxElapsedTime": "10m"},
          "queue": {"maxBytes": "256Mi", "maxBytesPerProject": "2M", "maxAge": "5m", "overflow": "DropOldest"},
          "metrics": {
            "forwardTo": "https://otlp.example.com/ingest", "headers": {"X-Scope": "${file:/not/there}"},
            "headersFrom": [{"name": "Authorization", "secretKeyRef": {"name": "metrics", "key": "authorization"}}],
            "tls": {"caFrom": {"secretKeyRef": {"name": "metrics", "key": "ca.crt"}}, "serverName": "metrics.example.com"}
          },
          "gateway": {
            "autoscaling": {"minReplicas": 2, "maxReplicas": 5, "targetCPUUtilizationPercentage": 70},
            "image": "registry.example.com/gateway:1", "imagePullSecrets": [{"name": "registry-credentials"}], "resources": {"limits": {"memory": "1Gi"}},
            "podAnnotations": {"example.com/a": "b"}, "labels": {"team": "observability", "app.kubernetes.io/name": "not-mine-to-set"},
            "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "dedicated", "operator": "Exists"}],
            "affinity": {"podAntiAffinity": {}}, "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
            "priorityClassName": "high", "serviceAccountName": "own-account",
            "service": {"type": "LoadBalancer", "annotations": {"example.com/lb": "internal"}},
            "ingress": {
              "host": "otlp.example.com", "className": "nginx", "annotations": {"example.com/i": "j"}, "tlsSecretName": "otlp-tls",
              "grpc": {"host": "grpc.example.com", "annotations": {"nginx.ingress.kubernetes.io/backend-protocol": "GRPCS"}, "tlsSecretName": "grpc-tls"}
            },
            "tls": {"secretName": "otlp-server", "clientCaFrom": {"configMapKeyRef": {"name": "clients", "key": "ca.crt"}}},
            "auth": {"bearerTokenSecretRef": {"name": "otlp-clients", "key": "tokens"}},
            "cors": {"allowedOrigins": ["https://*.example.com"], "allowedHeaders": ["X-Page"], "maxAgeSeconds": 7200},
            "podDisruptionBudget": {"minAvailable": "50%"},
            "networkPolicy": {
              "allowFrom": [{"namespaceSelector": {}}], "allowMetricsFrom": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}],
              "egress": {"allowTo": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [9000]}
            },
            "monitor": {"labels": {"release": "prometheus"}, "interval": "15s"},
            "env": [{"name": "TZ", "value": "UTC"}, {"name": "FROM", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
            "terminationGracePeriodSeconds": 90
          }
        }
        """);

    public static GatewayInputs Dsn { get; } = Inputs("""{"dsnSecretRef": {"name": "sentry", "key": "dsn"}}""");

    /// <summary>With the queue on disk.</summary>
    public static GatewayInputs Disk { get; } = Inputs(
        """
        {
          "orgSlug": "acme", "authTokenSecretRef": {"name": "sentry", "key": "token"},
          "queue": {
            "storage": "Disk", "maxBytes": "8Gi", "maxAge": "12h",
            "volumeClaim": {"storageClassName": "fast", "size": "10Gi", "retentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Delete"}}
          },
          "gateway": {"replicas": 3}
        }
        """);

    /// <summary>
    /// Three organizations behind one gateway: two of one slug, one at a self-hosted Sentry with a path prefix, an authority and an ingest of its own; and a single project by its DSN.
    /// </summary>
    public static GatewayInputs Shared { get; } = Share(
        Inputs(
            """
            {
              "orgSlug": "acme", "authTokenSecretRef": {"name": "sentry", "key": "token"}, "queue": {"maxBytes": "96Mi"}, "metrics": {"forwardTo": "http://otlp:4318"},
              "gateway": {"shared": true, "replicas": 2, "auth": {"bearerTokenSecretRef": {"name": "clients", "key": "tokens"}}, "networkPolicy": {"egress": {}}}
            }
            """,
            "eu"),
        Inputs(
            """
            {
              "url": "https://sentry.internal:8443/sentry", "orgSlug": "acme", "authTokenSecretRef": {"name": "internal", "key": "token"}, "autoCreateProjects": true,
              "http": {"headers": {"X-Proxy": "yes"}, "tls": {"caFrom": {"secretKeyRef": {"name": "internal-ca", "key": "ca.crt"}}}},
              "ingest": {"urlOverride": "https://relay.internal:9443", "tls": {"caFrom": {"configMapKeyRef": {"name": "relay-ca", "key": "ca.crt"}}}},
              "queue": {"maxBytes": "1Gi"}, "metrics": {"forwardTo": "http://not-used:4318"}, "gateway": {"shared": true, "replicas": 9}
            }
            """,
            "internal"),
        Inputs("""{"dsnSecretRef": {"name": "rest", "key": "dsn"}, "gateway": {"shared": true}}""", "rest"));

    public static GatewayInputs Named(string name) => name switch
    {
        "shared" => Shared,
        "minimal" => Minimal,
        "full" => Full,
        "dsn" => Dsn,
        "disk" => Disk,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such exporter."),
    };

    public static GatewayInputs Inputs(string spec, string name = "main") => new(
        new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = "observability", Uid = "11111111-2222-3333-4444-555555555555", Generation = 1 },
            Spec = JsonSerializer.Deserialize(spec, CrdJsonContext.Default.SentryExporterSpec)!,
        },
        "gateway:default",
        Versions);

    /// <summary>A gateway of several exporters.</summary>
    public static GatewayInputs Share(GatewayInputs host, params IReadOnlyList<GatewayInputs> guests) => host with
    {
        Guests = [.. guests.Select((guest, index) => new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = guest.Exporter.Metadata.Name, Namespace = "observability", Uid = $"11111111-2222-3333-4444-66666666666{index}", Generation = 1 },
            Spec = guest.Exporter.Spec,
        })],
    };

    /// <summary>Every manifest of a gateway, in the order in which they are applied.</summary>
    public static IEnumerable<JsonObject> Manifests(GatewayInputs inputs) => ChildPlan.Of(inputs).Select(static child => child.Wanted).OfType<JsonObject>();
}
