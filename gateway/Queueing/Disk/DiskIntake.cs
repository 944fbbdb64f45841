using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>What was admitted of one request for one service.</summary>
/// <param name="Record">What is counted of it.</param>
/// <param name="Payload">What is written.</param>
/// <param name="Bytes">As protobuf.</param>
internal sealed record DiskEntry(StoredRecord Record, RecordPayload Payload, int Bytes);

/// <summary>Decides what a disk queue takes: within the bounds of its projects, its parking, its disk and the memory.</summary>
internal sealed class DiskIntake(DiskQueue queue, DiskLines lines, SegmentLog log, IDiskQueueWay way, Admission admission)
{
    /// <summary>Whether <see cref="TryAdmit"/> would take so much now. Where old data give way to new ones, they do so for the next request when there is no room for this one.</summary>
    public bool HasRoom(string value, OtlpSignal signal, ProjectAccount account, int bytes, bool hasRoute)
    {
        var length = bytes + AppendGroup.HeadBytes(value, account.Project);
        if (!lines.HasRoom(value, signal, account, length, hasRoute))
        {
            return false;
        }

        if (!log.HasRoom(length))
        {
            MakeRoom();
        }

        return log.HasRoom(length);
    }

    /// <summary>Takes room for what one request holds for one service; null when there is none.</summary>
    public DiskEntry? TryAdmit(string value, OtlpSignal signal, ProjectAccount account, RecordPayload payload, int items, int bytes, bool hasRoute)
    {
        var length = payload.Length + AppendGroup.HeadBytes(value, account.Project);
        do
        {
            if (lines.TryAdd(value, signal, account, length, hasRoute, () => TryReserve(length), line => new StoredRecord(line, length, items, queue.Now)) is { } record)
            {
                return new DiskEntry(record, payload, bytes);
            }
        }
        while (DropsOldest && lines.IsAtBound(value, signal, account, length) && DropOldestInMemory(value, signal));
        return null;
    }

    /// <summary>While the disk is nearly full, has the oldest data go, where the configuration says so: the oldest segment in which something waits on disk alone, and only then what is in memory too.</summary>
    public void MakeRoom()
    {
        if (DropsOldest && log.IsCrowded)
        {
            _ = log.Live().Any(DropWaiting) || way.DropOldest(null);
            log.Tidy();
        }
    }

    private bool DropsOldest => queue.Configuration.Overflow == OverflowPolicy.DropOldest;

    private bool DropWaiting(IReadOnlyList<StoredRecord> records)
    {
        var waiting = records.Where(lines.TryTake).ToList();
        waiting.ForEach(record => queue.Drop(record, DropReason.Overflow));
        return waiting.Count > 0;
    }

    // Not under the lock of the lines: a project's queue comes before it.
    private bool DropOldestInMemory(string value, OtlpSignal signal) =>
        way.Find(value) is { Kind: RouteAnswerKind.Active, Route: { } route } && way.DropOldest(way.QueueOf(route, signal));

    private bool TryReserve(int length)
    {
        if (!admission.TryAdd(StoredRecord.MemoryBytes))
        {
            return false;
        }

        var reserved = log.TryReserve(length);
        if (!reserved)
        {
            admission.Return(StoredRecord.MemoryBytes);
        }

        return reserved;
    }
}
