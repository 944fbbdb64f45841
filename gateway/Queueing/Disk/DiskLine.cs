using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>What one service has on disk in one signal, in the order in which it came.</summary>
internal sealed class DiskLine(DiskQueue queue, string value, OtlpSignal signal, ProjectAccount account, ProjectShare share)
{
    public DiskQueue Queue { get; } = queue;

    /// <summary>Of the routing attribute; empty for data without it.</summary>
    public string Value { get; } = value;

    public OtlpSignal Signal { get; } = signal;

    public ProjectAccount Account { get; } = account;

    public ProjectShare Share { get; } = share;

    /// <summary>Records that wait on disk alone; the oldest first. May hold some that were dropped meanwhile. Guarded by the queue's lock, as all below.</summary>
    public Queue<StoredRecord> Cold { get; } = new();

    public long Bytes { get; set; }

    public long Items { get; set; }

    public long Records { get; set; }
}
