using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>A disk that the test holds, for an exporter that can be killed and started again on it.</summary>
internal sealed class DiskWorld : IDisposable
{
    public const long MiB = 1024 * 1024;

    /// <summary>What Sentry says while it is down.</summary>
    public static readonly SendOutcome Outage = new(SendOutcomeKind.Transient, 503, "", TimeSpan.Zero);

    public static DiskQueueConfiguration OnDisk { get; } = new("unused", CreateDirectory: true, Sync: true);

    public FaultyFiles Files { get; } = new(new Random(5));

    public FakeTimeProvider Time { get; } = new();

    /// <summary>The exporter, from its start.</summary>
    public Rig NewRig(QueueConfiguration? queue = null, long admissionBytes = 64 * MiB, BatchConfiguration? batch = null) => new(
        queue ?? new QueueConfiguration { Disk = OnDisk, MaxBytes = 64 * MiB, MaxBytesPerProject = 32 * MiB, MaxAge = TimeSpan.FromHours(24) },
        new RetryConfiguration { RandomizationFactor = 0, MaxElapsedTime = TimeSpan.Zero },
        batch,
        admissionBytes,
        files: Files,
        time: Time);

    public void Dispose() => Files.Dispose();
}
