namespace SentryOtel.Kubernetes.Entities;

/// <summary>The scale subresource (autoscaling/v1). Read and patched through the resource it scales.</summary>
[KubernetesEntity(Group = "autoscaling", ApiVersion = "v1", Kind = "Scale", PluralName = "scales")]
public sealed class V1Scale : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "autoscaling/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Scale";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1ScaleSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1ScaleStatus? Status { get; set; }
}

/// <summary>Desired scale.</summary>
public sealed class V1ScaleSpec
{
    /// <summary>Wanted replicas.</summary>
    public int? Replicas { get; set; }
}

/// <summary>Observed scale.</summary>
public sealed class V1ScaleStatus
{
    /// <summary>Replicas that exist.</summary>
    public int Replicas { get; set; }

    /// <summary>Label selector of the pods, serialised.</summary>
    public string? Selector { get; set; }
}
