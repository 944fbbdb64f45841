namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>One record that is on disk and not done yet: what one request holds for one service.</summary>
internal sealed class StoredRecord(DiskLine line, int length, int items, long acceptedAt) : IStoredData
{
    /// <summary>What a record costs in memory, counted against the budget of requests and queues.</summary>
    public const int MemoryBytes = 128;

    private Segment? _segment;
    private int _offset;

    public DiskLine Line { get; } = line;

    public IDataStore Store => Line.Queue;

    /// <summary>Bytes on disk, header and names included.</summary>
    public int Length { get; } = length;

    public int Items { get; } = items;

    /// <summary>Unix time in milliseconds: the age counts on after a restart.</summary>
    public long AcceptedAt { get; } = acceptedAt;

    /// <summary>Tells the record from any other that may have lain at the same place; see <see cref="RecordHeader.Stamp"/>.</summary>
    public uint Stamp { get; set; }

    /// <summary>True while it waits on disk alone. Guarded by the queue's lock.</summary>
    public bool IsCold { get; set; }

    /// <summary>Its sending began, in this process or one before. Guarded by the gate of the segments, as all below.</summary>
    public bool IsBegun { get; set; }

    /// <summary>It is of no use any more, and marked so. Written once.</summary>
    public bool IsDone { get; set; }

    /// <summary>Neighbours among the live records of the segment.</summary>
    public StoredRecord? Previous { get; set; }

    public StoredRecord? Next { get; set; }

    /// <summary>Where it lies now.</summary>
    public (Segment Segment, int Offset) Place
    {
        get
        {
            lock (this)
            {
                return (_segment!, _offset);
            }
        }
    }

    public void MoveTo(Segment segment, int offset)
    {
        lock (this)
        {
            (_segment, _offset) = (segment, offset);
        }
    }

    public void Forget() => Line.Queue.Forget(this);
}
