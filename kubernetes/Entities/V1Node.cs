using System.Text.Json;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Node.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Node", PluralName = "nodes")]
[EntityScope(EntityScope.Cluster)]
public sealed class V1Node : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Node";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1NodeSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1NodeStatus? Status { get; set; }
}

/// <summary>Desired state of a node.</summary>
public sealed class V1NodeSpec
{
    /// <summary>True when no new pod is to come.</summary>
    public bool? Unschedulable { get; set; }

    /// <summary>What pods must tolerate.</summary>
    public JsonElement? Taints { get; set; }
}

/// <summary>Observed state of a node.</summary>
public sealed class V1NodeStatus
{
    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }

    /// <summary>Names and addresses.</summary>
    public JsonElement? Addresses { get; set; }

    /// <summary>Quantities in all.</summary>
    public JsonElement? Capacity { get; set; }

    /// <summary>Quantities for pods.</summary>
    public JsonElement? Allocatable { get; set; }

    /// <summary>Versions and architecture.</summary>
    public JsonElement? NodeInfo { get; set; }
}
