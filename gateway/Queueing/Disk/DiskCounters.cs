namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>What a disk queue tells of itself.</summary>
internal sealed class DiskCounters
{
    private long _recoveredRecords;
    private long _lostRecords;
    private long _lostItems;
    private long _tornBytes;
    private long _failures;
    private long _rewrittenBytes;
    private long _syncs;

    /// <summary>Records found at the start: accepted by a process before this one, and sent anew if they were on the way when it ended.</summary>
    public long RecoveredRecords => Interlocked.Read(ref _recoveredRecords);

    /// <summary>Records that could not be read, at least.</summary>
    public long LostRecords => Interlocked.Read(ref _lostRecords);

    /// <summary>Items in them, as far as that could be told.</summary>
    public long LostItems => Interlocked.Read(ref _lostItems);

    /// <summary>Bytes of writes that were cut off before they were acknowledged.</summary>
    public long TornBytes => Interlocked.Read(ref _tornBytes);

    /// <summary>Writes and syncs that failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Bytes written again to free old segments.</summary>
    public long RewrittenBytes => Interlocked.Read(ref _rewrittenBytes);

    /// <summary>Commits, each of one or many requests.</summary>
    public long Commits => Interlocked.Read(ref _syncs);

    public void Recover(long records) => Interlocked.Add(ref _recoveredRecords, records);

    public void Lose(long records, long items)
    {
        Interlocked.Add(ref _lostRecords, records);
        Interlocked.Add(ref _lostItems, items);
    }

    public void Tear(long bytes) => Interlocked.Add(ref _tornBytes, bytes);

    public void Fail() => Interlocked.Increment(ref _failures);

    public void Rewrite(long bytes) => Interlocked.Add(ref _rewrittenBytes, bytes);

    public void Commit() => Interlocked.Increment(ref _syncs);
}
