namespace SentryOtel.Kubernetes.Entities;

/// <summary>A CronJob, as served from 1.21 on.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1", Kind = "CronJob", PluralName = "cronjobs")]
public sealed class V1CronJob : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "batch/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "CronJob";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1CronJobSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1CronJobStatus? Status { get; set; }
}

/// <summary>Desired state of a CronJob.</summary>
public sealed class V1CronJobSpec
{
    /// <summary>Cron expression.</summary>
    public string? Schedule { get; set; }

    /// <summary>IANA name of the zone the schedule is in.</summary>
    public string? TimeZone { get; set; }

    /// <summary>True when no run is to start.</summary>
    public bool? Suspend { get; set; }

    /// <summary>What its Jobs are made from.</summary>
    public V1JobTemplateSpec? JobTemplate { get; set; }
}

/// <summary>Observed state of a CronJob.</summary>
public sealed class V1CronJobStatus
{
    /// <summary>When a run last started.</summary>
    public DateTimeOffset? LastScheduleTime { get; set; }

    /// <summary>When a run last succeeded.</summary>
    public DateTimeOffset? LastSuccessfulTime { get; set; }
}

/// <summary>What a CronJob makes its Jobs from.</summary>
public sealed class V1JobTemplateSpec
{
    /// <summary>Labels and annotations of what is made from it.</summary>
    public V1ObjectMeta? Metadata { get; set; }

    /// <summary>The Jobs themselves.</summary>
    public V1JobSpec? Spec { get; set; }
}
