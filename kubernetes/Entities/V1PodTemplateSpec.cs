namespace SentryOtel.Kubernetes.Entities;

/// <summary>What a workload makes its pods from (PodTemplateSpec v1).</summary>
public sealed class V1PodTemplateSpec
{
    /// <summary>Labels and annotations of what is made from it.</summary>
    public V1ObjectMeta? Metadata { get; set; }

    /// <summary>The pods themselves.</summary>
    public V1PodSpec? Spec { get; set; }
}
