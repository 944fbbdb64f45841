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
public sealed class GatewayIngressSpec
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

    /// <summary>Authorities of client certificates; when set, clients must present one.</summary>
    public CertificateSource? ClientCaFrom { get; set; }
}

/// <summary>What clients of the gateway must present.</summary>
public sealed class GatewayAuthSpec
{
    /// <summary>Bearer token that every request must carry.</summary>
    [Required]
    public SecretKeyReference BearerTokenSecretRef { get; set; } = new();
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
}
