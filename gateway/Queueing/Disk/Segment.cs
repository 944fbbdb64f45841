namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>One file of records, and what is still needed of it. Guarded by the gate of the segments.</summary>
internal sealed class Segment(long number, IQueueFile file, long length) : IDisposable
{
    private StoredRecord? _last;

    public long Number { get; } = number;

    public IQueueFile File { get; } = file;

    /// <summary>What became of its records.</summary>
    public SegmentMarks Marks { get; } = new(number);

    /// <summary>Bytes that are whole. Changed by whoever writes.</summary>
    public long Length { get; set; } = length;

    public long LiveBytes { get; private set; }

    public int LiveRecords { get; private set; }

    /// <summary>The oldest record that is not done.</summary>
    public StoredRecord? First { get; private set; }

    /// <summary>Something in it could not be read: it is kept for a look instead of being deleted.</summary>
    public bool IsFaulty { get; set; }

    /// <summary>Its files are closed, or are about to be.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>It says of itself that later segments may hold copies of its records.</summary>
    public bool IsMoving { get; set; }

    public void Add(StoredRecord record, int offset)
    {
        record.MoveTo(this, offset);
        record.Previous = _last;
        record.Next = null;
        if (_last is null)
        {
            First = record;
        }
        else
        {
            _last.Next = record;
        }

        _last = record;
        LiveBytes += record.Length;
        LiveRecords++;
    }

    public void Remove(StoredRecord record)
    {
        if (record.Previous is { } previous)
        {
            previous.Next = record.Next;
        }
        else
        {
            First = record.Next;
        }

        if (record.Next is { } next)
        {
            next.Previous = record.Previous;
        }
        else
        {
            _last = record.Previous;
        }

        (record.Previous, record.Next) = (null, null);
        LiveBytes -= record.Length;
        LiveRecords--;
    }

    public void Dispose()
    {
        File.Dispose();
        Marks.Dispose();
    }
}
