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
    /// <summary>Memory: lost with the pod beyond its drain time. Disk: survives on a volume per replica; this version refuses it.</summary>
    [Default]
    public QueueStorage Storage { get; set; } = QueueStorage.Memory;

    /// <summary>Most bytes queued in one gateway replica, over all projects, e.g. <c>256Mi</c>. This version refuses it: set maxBytesPerProject.</summary>
    [Length(1, 32), Pattern(Patterns.Bytes)]
    public string? MaxBytes { get; set; }

    /// <summary>Most bytes queued for one project in one replica.</summary>
    [Length(1, 32), Pattern(Patterns.Bytes)]
    public string? MaxBytesPerProject { get; set; }

    /// <summary>Age at which queued data is dropped and counted.</summary>
    [Length(1, 32), Pattern(Patterns.Duration)]
    public string? MaxAge { get; set; }

    /// <summary>The volume of each replica with storage Disk.</summary>
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

/// <summary>A PersistentVolumeClaim per gateway replica.</summary>
public sealed class VolumeClaimSpec
{
    /// <summary>Storage class; without it the cluster's default.</summary>
    [Length(1, 253), Pattern(Patterns.ObjectName)]
    public string? StorageClassName { get; set; }

    /// <summary>Size of the volume.</summary>
    [Required, Length(1, 32), Pattern(Patterns.Bytes)]
    public string Size { get; set; } = "";
}
