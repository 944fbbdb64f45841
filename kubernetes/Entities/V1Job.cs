namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Job.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1", Kind = "Job", PluralName = "jobs")]
public sealed class V1Job : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "batch/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Job";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1JobSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1JobStatus? Status { get; set; }
}

/// <summary>Desired state of a Job.</summary>
public sealed class V1JobSpec
{
    /// <summary>Wanted successes.</summary>
    public int? Completions { get; set; }

    /// <summary>Pods at a time.</summary>
    public int? Parallelism { get; set; }

    /// <summary>True when no pod is to run (1.21 and later).</summary>
    public bool? Suspend { get; set; }

    /// <summary>Which pods belong to it.</summary>
    public V1LabelSelector? Selector { get; set; }

    /// <summary>What its pods are made from.</summary>
    public V1PodTemplateSpec? Template { get; set; }
}

/// <summary>Observed state of a Job.</summary>
public sealed class V1JobStatus
{
    /// <summary>When it began.</summary>
    public DateTimeOffset? StartTime { get; set; }

    /// <summary>When it succeeded.</summary>
    public DateTimeOffset? CompletionTime { get; set; }

    /// <summary>Running pods.</summary>
    public int? Active { get; set; }

    /// <summary>Pods that succeeded.</summary>
    public int? Succeeded { get; set; }

    /// <summary>Pods that failed.</summary>
    public int? Failed { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }
}
