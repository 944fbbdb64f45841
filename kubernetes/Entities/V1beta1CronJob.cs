namespace SentryOtel.Kubernetes.Entities;

/// <summary>A CronJob, as served up to 1.24.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1beta1", Kind = "CronJob", PluralName = "cronjobs")]
public sealed class V1beta1CronJob : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "batch/v1beta1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "CronJob";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1CronJobSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1CronJobStatus? Status { get; set; }
}
