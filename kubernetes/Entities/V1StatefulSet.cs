namespace SentryOtel.Kubernetes.Entities;

/// <summary>A StatefulSet.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "StatefulSet", PluralName = "statefulsets")]
public sealed class V1StatefulSet : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "apps/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "StatefulSet";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1StatefulSetSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1StatefulSetStatus? Status { get; set; }
}

/// <summary>Desired state of a StatefulSet.</summary>
public sealed class V1StatefulSetSpec
{
    /// <summary>Wanted pods; 1 when absent.</summary>
    public int? Replicas { get; set; }

    /// <summary>Which pods belong to it.</summary>
    public V1LabelSelector? Selector { get; set; }

    /// <summary>What its pods are made from.</summary>
    public V1PodTemplateSpec? Template { get; set; }

    /// <summary>The headless Service that names its pods.</summary>
    public string? ServiceName { get; set; }
}

/// <summary>Observed state of a StatefulSet.</summary>
public sealed class V1StatefulSetStatus
{
    /// <summary>The generation that this status speaks of.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Pods that exist.</summary>
    public int? Replicas { get; set; }

    /// <summary>Pods that are ready.</summary>
    public int? ReadyReplicas { get; set; }

    /// <summary>Pods available (1.22 and later).</summary>
    public int? AvailableReplicas { get; set; }

    /// <summary>Pods of the current revision.</summary>
    public int? CurrentReplicas { get; set; }

    /// <summary>Pods of the update revision.</summary>
    public int? UpdatedReplicas { get; set; }

    /// <summary>The revision before the roll-out.</summary>
    public string? CurrentRevision { get; set; }

    /// <summary>The revision being rolled out.</summary>
    public string? UpdateRevision { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }
}
