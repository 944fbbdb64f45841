namespace SentryOtel.Kubernetes.Entities;

/// <summary>A DaemonSet.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "DaemonSet", PluralName = "daemonsets")]
public sealed class V1DaemonSet : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "apps/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "DaemonSet";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1DaemonSetSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1DaemonSetStatus? Status { get; set; }
}

/// <summary>Desired state of a DaemonSet.</summary>
public sealed class V1DaemonSetSpec
{
    /// <summary>Which pods belong to it.</summary>
    public V1LabelSelector? Selector { get; set; }

    /// <summary>What its pods are made from.</summary>
    public V1PodTemplateSpec? Template { get; set; }
}

/// <summary>Observed state of a DaemonSet.</summary>
public sealed class V1DaemonSetStatus
{
    /// <summary>The generation that this status speaks of.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Nodes that should run a pod.</summary>
    public int? DesiredNumberScheduled { get; set; }

    /// <summary>Nodes that run one.</summary>
    public int? CurrentNumberScheduled { get; set; }

    /// <summary>Nodes whose pod is ready.</summary>
    public int? NumberReady { get; set; }

    /// <summary>Nodes whose pod is available.</summary>
    public int? NumberAvailable { get; set; }

    /// <summary>Nodes that run the newest template.</summary>
    public int? UpdatedNumberScheduled { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }
}
