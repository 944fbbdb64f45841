namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Namespace.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Namespace", PluralName = "namespaces")]
[EntityScope(EntityScope.Cluster)]
public sealed class V1Namespace : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Namespace";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Observed state.</summary>
    public V1NamespaceStatus? Status { get; set; }
}

/// <summary>Observed state of a namespace.</summary>
public sealed class V1NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    public string? Phase { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }
}
