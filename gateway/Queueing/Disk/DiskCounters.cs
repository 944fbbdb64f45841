namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>What a disk queue tells of itself.</summary>
internal sealed class DiskCounters
{
    private long _recoveredRecords;
    private long _repeatableItems;
    private long _lostRecords;
    private long _lostItems;
    private long _tornBytes;
    private long _failures;
    private long _rewrittenBytes;
    private long _syncs;

    /// <summary>Records found at the start: accepted by a process before this one, and not known to have been sent.</summary>
    public long RecoveredRecords => Interlocked.Read(ref _recoveredRecords);

    /// <summary>Items in those of them whose sending had begun: they alone can arrive twice.</summary>
    public long RepeatableItems => Interlocked.Read(ref _repeatableItems);

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

    /// <param name="records">Records.</param>
    /// <param name="repeatableItems">Items in them that may have been sent before.</param>
    public void Recover(long records, long repeatableItems)
    {
        Interlocked.Add(ref _recoveredRecords, records);
        Interlocked.Add(ref _repeatableItems, repeatableItems);
    }

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
