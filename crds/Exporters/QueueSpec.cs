using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>How items are gathered into requests to Sentry.</summary>
public sealed class BatchSpec
{
    /// <summary>Longest time an item waits for its batch to fill.</summary>
    [Length(1, 32), Pattern(Patterns.Duration)]
    public string? Timeout { get; set; }

    /// <summary>Number of items that sends a batch at once.</summary>
    [Range(1, 100000)]
    public int? SendBatchSize { get; set; }

    /// <summary>Most items in one request; larger batches are split.</summary>
    [Range(1, 100000)]
    public int? SendBatchMaxSize { get; set; }
}

/// <summary>How a failed request is tried again.</summary>
public sealed class RetrySpec
{
    /// <summary>Whether failed requests are tried again at all.</summary>
    [Default]
    public bool Enabled { get; set; } = true;

    /// <summary>Delay before the first retry.</summary>
    [Length(1, 32), Pattern(Patterns.Duration)]
    public string? InitialInterval { get; set; }

    /// <summary>Longest delay between two retries.</summary>
    [Length(1, 32), Pattern(Patterns.Duration)]
    public string? MaxInterval { get; set; }

    /// <summary>Age at which a batch is given up; <c>0s</c> means never.</summary>
    [Length(1, 32), Pattern(Patterns.Duration)]
    public string? MaxElapsedTime { get; set; }
}

/// <summary>Where data waits for Sentry, and how much of it.</summary>
[ValidationRule("(self.storage == 'Disk') == has(self.volumeClaim)", RuleMessages.VolumeClaim)]
public sealed class QueueSpec
{
    /// <summary>Memory: lost with the pod beyond its drain time. Disk: survives on a volume per replica.</summary>
    [Default]
    public QueueStorage Storage { get; set; } = QueueStorage.Memory;

    /// <summary>Most bytes queued in one gateway replica, over all projects, e.g. <c>256Mi</c>. Without it: with Memory what the gateway's memory limit allows, with Disk four fifths of the volume.</summary>
    [Length(1, 32), Pattern(Patterns.Bytes)]
    public string? MaxBytes { get; set; }

    /// <summary>Most bytes queued for one project in one replica.</summary>
    [Length(1, 32), Pattern(Patterns.Bytes)]
    public string? MaxBytesPerProject { get; set; }

    /// <summary>Age at which queued data is dropped and counted.</summary>
    [Length(1, 32), Pattern(Patterns.Duration)]
    public string? MaxAge { get; set; }

    /// <summary>What gives way when there is no more room.</summary>
    [Default]
    public QueueOverflow Overflow { get; set; } = QueueOverflow.Refuse;

    /// <summary>The volume of each replica with storage Disk. What exists already keeps its size and class.</summary>
    public VolumeClaimSpec? VolumeClaim { get; set; }
}

/// <summary>Where queued data is kept.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QueueStorage>))]
public enum QueueStorage
{
    /// <summary>In the gateway's memory.</summary>
    Memory,

    /// <summary>On a volume of each replica.</summary>
    Disk,
}

/// <summary>What gives way when a queue is full.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QueueOverflow>))]
public enum QueueOverflow
{
    /// <summary>New data: clients are told to come back.</summary>
    Refuse,

    /// <summary>The oldest data: they are dropped and counted.</summary>
    DropOldest,
}

/// <summary>A PersistentVolumeClaim per gateway replica.</summary>
public sealed class VolumeClaimSpec
{
    /// <summary>Storage class; without it the cluster's default.</summary>
    [Length(1, 253), Pattern(Patterns.ObjectName)]
    public string? StorageClassName { get; set; }

    /// <summary>Size of the volume.</summary>
    [Required, Length(1, 32), Pattern(Patterns.Bytes)]
    public string Size { get; set; } = "";

    /// <summary>What becomes of claims that no pod uses any more (Kubernetes 1.27 and later; before, they stay).</summary>
    [Default]
    public VolumeRetentionSpec RetentionPolicy { get; set; } = new();
}

/// <summary>What becomes of a gateway's claims, which may hold data that Sentry has not taken yet.</summary>
public sealed class VolumeRetentionSpec
{
    /// <summary>When the exporter is deleted, or its storage becomes Memory.</summary>
    [Default]
    public VolumeRetention WhenDeleted { get; set; } = VolumeRetention.Retain;

    /// <summary>When there are fewer replicas than before.</summary>
    [Default]
    public VolumeRetention WhenScaled { get; set; } = VolumeRetention.Retain;
}

/// <summary>What becomes of a claim.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VolumeRetention>))]
public enum VolumeRetention
{
    /// <summary>It stays, and the condition VolumesReleased names it.</summary>
    Retain,

    /// <summary>It goes with its pod, and with it what it holds.</summary>
    Delete,
}
