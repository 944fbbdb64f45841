using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;

namespace SentryOtel.Crds;

/// <summary>The Service in front of the gateway's pods.</summary>
public sealed class GatewayServiceSpec
{
    /// <summary>Type of the Service.</summary>
    [Default]
    public GatewayServiceType Type { get; set; } = GatewayServiceType.ClusterIP;

    /// <summary>Annotations of the Service.</summary>
    [Items(64), Element(8192)]
    public Dictionary<string, string>? Annotations { get; set; }
}

/// <summary>Type of the gateway's Service.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GatewayServiceType>))]
public enum GatewayServiceType
{
    /// <summary>Reachable within the cluster.</summary>
    ClusterIP,

    /// <summary>Reachable on a port of every node.</summary>
    NodePort,

    /// <summary>Reachable through the cloud's load balancer.</summary>
    LoadBalancer,
}

/// <summary>An Ingress for OTLP over HTTP.</summary>
public sealed class GatewayIngressSpec : GatewayIngressRule
{
    /// <summary>An Ingress of its own for OTLP over gRPC. Most controllers need an annotation that says so, as <c>nginx.ingress.kubernetes.io/backend-protocol: GRPC</c>.</summary>
    public GatewayIngressRule? Grpc { get; set; }
}

/// <summary>An Ingress for one host.</summary>
public class GatewayIngressRule
{
    /// <summary>Host name the Ingress answers to.</summary>
    [Required, Length(1, 253)]
    public string Host { get; set; } = "";

    /// <summary>Ingress class; without it the cluster's default.</summary>
    [Length(1, 253), Pattern(Patterns.ObjectName)]
    public string? ClassName { get; set; }

    /// <summary>Annotations of the Ingress.</summary>
    [Items(64), Element(8192)]
    public Dictionary<string, string>? Annotations { get; set; }

    /// <summary>Secret of type kubernetes.io/tls for the host; without it plain HTTP.</summary>
    [Length(1, 253), Pattern(Patterns.ObjectName)]
    public string? TlsSecretName { get; set; }
}

/// <summary>TLS of the OTLP receivers.</summary>
public sealed class GatewayTlsSpec
{
    /// <summary>Secret of type kubernetes.io/tls with the receivers' certificate and key.</summary>
    [Required, Length(1, 253), Pattern(Patterns.ObjectName)]
    public string SecretName { get; set; } = "";

    /// <summary>Authorities of client certificates; when set, clients must present one of theirs.</summary>
    public CertificateSource? ClientCaFrom { get; set; }
}

/// <summary>What clients of the gateway must present.</summary>
public sealed class GatewayAuthSpec
{
    /// <summary>Bearer token that every request must carry; several lines are several tokens. A changed Secret is taken without a restart.</summary>
    [Required]
    public SecretKeyReference BearerTokenSecretRef { get; set; } = new();
}

/// <summary>CORS of OTLP over HTTP: which pages may read the gateway's answers.</summary>
public sealed class GatewayCorsSpec
{
    /// <summary>Origins, each with at most one <c>*</c>, e.g. <c>https://*.example.com</c>.</summary>
    [Required, Items(64, Min = 1), Element(2048, MinLength = 1)]
    public List<string> AllowedOrigins { get; set; } = [];

    /// <summary>Request headers beyond those that are always allowed.</summary>
    [Items(64), Element(256, MinLength = 1)]
    public List<string>? AllowedHeaders { get; set; }

    /// <summary>Seconds that a browser may keep the answer to its question.</summary>
    [Range(0, 86400)]
    public int? MaxAgeSeconds { get; set; }
}

/// <summary>How Prometheus finds the gateway's metrics.</summary>
public sealed class GatewayMonitorSpec
{
    /// <summary>Which kind is made.</summary>
    [Default]
    public GatewayMonitorKind Kind { get; set; } = GatewayMonitorKind.ServiceMonitor;

    /// <summary>Labels by which a Prometheus selects its monitors, beside those of everything the operator creates.</summary>
    [Items(64), Element(63)]
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>How often metrics are read; without it Prometheus's own interval.</summary>
    [Length(1, 32), Pattern(Patterns.Duration)]
    public string? Interval { get; set; }
}

/// <summary>A kind of the Prometheus operator.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GatewayMonitorKind>))]
public enum GatewayMonitorKind
{
    /// <summary>Through the Service.</summary>
    ServiceMonitor,

    /// <summary>Pod by pod.</summary>
    PodMonitor,
}

/// <summary>A NetworkPolicy that lets only OTLP, health and metrics in.</summary>
public sealed class NetworkPolicySpec
{
    /// <summary>Whether the policy is created.</summary>
    [Default]
    public bool Enabled { get; set; } = true;

    /// <summary>Peers that may send OTLP (networking.k8s.io/v1 NetworkPolicyPeer); without it everyone.</summary>
    [Items(64)]
    public List<JsonObject>? AllowFrom { get; set; }

    /// <summary>Peers that may read metrics (networking.k8s.io/v1 NetworkPolicyPeer); without it everyone.</summary>
    [Items(64)]
    public List<JsonObject>? AllowMetricsFrom { get; set; }

    /// <summary>Restricts what the pods may reach as well; without it everything.</summary>
    public NetworkPolicyEgressSpec? Egress { get; set; }
}

/// <summary>
/// What the pods may reach: names (port 53), the API server (443 and 6443), and the ports of Sentry's address, its ingest, the proxy and the endpoint of metrics, as far as they are set.
/// </summary>
public sealed class NetworkPolicyEgressSpec
{
    /// <summary>Peers that all but names may be reached at (networking.k8s.io/v1 NetworkPolicyPeer); without it everyone. The API server must be among them.</summary>
    [Items(64)]
    public List<JsonObject>? AllowTo { get; set; }

    /// <summary>Further TCP ports, e.g. of an ingest that only Sentry itself names.</summary>
    [Items(16), Range(1, 65535)]
    public List<int>? Ports { get; set; }
}
