namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Deployment.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "Deployment", PluralName = "deployments")]
public sealed class V1Deployment : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "apps/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Deployment";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1DeploymentSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1DeploymentStatus? Status { get; set; }
}

/// <summary>Desired state of a Deployment.</summary>
public sealed class V1DeploymentSpec
{
    /// <summary>Wanted pods; 1 when absent.</summary>
    public int? Replicas { get; set; }

    /// <summary>Which pods belong to it.</summary>
    public V1LabelSelector? Selector { get; set; }

    /// <summary>What its pods are made from.</summary>
    public V1PodTemplateSpec? Template { get; set; }

    /// <summary>True when changes are not rolled out.</summary>
    public bool? Paused { get; set; }

    /// <summary>After how long without progress a roll-out has failed.</summary>
    public int? ProgressDeadlineSeconds { get; set; }
}

/// <summary>Observed state of a Deployment.</summary>
public sealed class V1DeploymentStatus
{
    /// <summary>The generation that this status speaks of.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Pods that exist.</summary>
    public int? Replicas { get; set; }

    /// <summary>Pods of the newest template.</summary>
    public int? UpdatedReplicas { get; set; }

    /// <summary>Pods that are ready.</summary>
    public int? ReadyReplicas { get; set; }

    /// <summary>Pods ready for at least minReadySeconds.</summary>
    public int? AvailableReplicas { get; set; }

    /// <summary>Pods missing to full availability.</summary>
    public int? UnavailableReplicas { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }
}
