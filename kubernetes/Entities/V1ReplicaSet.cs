namespace SentryOtel.Kubernetes.Entities;

/// <summary>A ReplicaSet.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "ReplicaSet", PluralName = "replicasets")]
public sealed class V1ReplicaSet : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "apps/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "ReplicaSet";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1ReplicaSetSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1ReplicaSetStatus? Status { get; set; }
}

/// <summary>Desired state of a ReplicaSet.</summary>
public sealed class V1ReplicaSetSpec
{
    /// <summary>Wanted pods; 1 when absent.</summary>
    public int? Replicas { get; set; }

    /// <summary>Which pods belong to it.</summary>
    public V1LabelSelector? Selector { get; set; }

    /// <summary>What its pods are made from.</summary>
    public V1PodTemplateSpec? Template { get; set; }
}

/// <summary>Observed state of a ReplicaSet.</summary>
public sealed class V1ReplicaSetStatus
{
    /// <summary>The generation that this status speaks of.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Pods that exist.</summary>
    public int? Replicas { get; set; }

    /// <summary>Pods that are ready.</summary>
    public int? ReadyReplicas { get; set; }

    /// <summary>Pods that are available.</summary>
    public int? AvailableReplicas { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }
}
