using System.Text.Json;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Service.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Service", PluralName = "services")]
public sealed class V1Service : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Service";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1ServiceSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1ServiceStatus? Status { get; set; }
}

/// <summary>Desired state of a Service.</summary>
public sealed class V1ServiceSpec
{
    /// <summary><c>ClusterIP</c>, <c>NodePort</c>, <c>LoadBalancer</c> or <c>ExternalName</c>.</summary>
    public string? Type { get; set; }

    /// <summary>Its address; <c>None</c> for a headless one.</summary>
    public string? ClusterIP { get; set; }

    /// <summary>Labels of the pods behind it.</summary>
    public IDictionary<string, string>? Selector { get; set; }

    /// <summary>Its ports.</summary>
    public IList<V1ServicePort>? Ports { get; set; }
}

/// <summary>A port of a Service.</summary>
public sealed class V1ServicePort
{
    /// <summary>Unique within the Service.</summary>
    public string? Name { get; set; }

    /// <summary><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</summary>
    public string? Protocol { get; set; }

    /// <summary>What is spoken over it.</summary>
    public string? AppProtocol { get; set; }

    /// <summary>The Service's port.</summary>
    public int Port { get; set; }

    /// <summary>The pods' port: a number or a name.</summary>
    public JsonElement? TargetPort { get; set; }

    /// <summary>The nodes' port.</summary>
    public int? NodePort { get; set; }
}

/// <summary>Observed state of a Service.</summary>
public sealed class V1ServiceStatus
{
    /// <summary>Addresses given by a load balancer.</summary>
    public JsonElement? LoadBalancer { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }
}
