namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The segments of a log. The gate guards them and the records in them; it is held for short, never while data are written or synced.</summary>
internal sealed class SegmentSet
{
    private readonly SortedDictionary<long, Segment> _segments = [];
    private readonly Queue<Segment> _emptied = new();

    public Lock Gate { get; } = new();

    /// <summary>The one that is written to; null when the next write begins another.</summary>
    public Segment? Active { get; private set; }

    /// <summary>All files are closed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Adds a segment that a process before this one left, with its records.</summary>
    public void Add(Segment segment)
    {
        lock (Gate)
        {
            _segments[segment.Number] = segment;
            NoteEmptyLocked(segment);
        }
    }

    /// <summary>Adds the segment that is written to from now on.</summary>
    public Segment Open(Segment segment)
    {
        lock (Gate)
        {
            Active = segment;
            return _segments[segment.Number] = segment;
        }
    }

    /// <summary>Nothing more is written to the segment that was.</summary>
    public void Seal()
    {
        lock (Gate)
        {
            if (Active is { } segment)
            {
                Active = null;
                NoteEmptyLocked(segment);
            }
        }
    }

    /// <summary>Seals the segment that is written to when it is longer than this and of no use: it would keep its room from everybody.</summary>
    public void SealSpent(long length)
    {
        lock (Gate)
        {
            if (Active is { LiveRecords: 0 } segment && segment.Length > length)
            {
                Seal();
            }
        }
    }

    /// <summary>Takes a record out of its segment; true when nothing in that is of use any more.</summary>
    public bool RemoveLocked(StoredRecord record)
    {
        var segment = record.Place.Segment;
        segment.Remove(record);
        return NoteEmptyLocked(segment);
    }

    /// <summary>The next segment of no use, which the caller deletes; null when there is none.</summary>
    public Segment? TakeEmpty()
    {
        lock (Gate)
        {
            if (!_emptied.TryDequeue(out var segment))
            {
                return null;
            }

            segment.IsRemoved = true;
            _segments.Remove(segment.Number);
            return segment;
        }
    }

    /// <summary>The segment, not the newest, of which the smallest part is still needed; null when all are needed above that part.</summary>
    public Segment? Emptiest(double below)
    {
        lock (Gate)
        {
            return _segments.Values
                .Where(segment => segment != Active && !segment.IsFaulty && segment.LiveRecords > 0 && segment.LiveBytes < below * segment.Length)
                .MinBy(segment => segment.LiveBytes / (double)segment.Length);
        }
    }

    /// <summary>The live records of each segment that is not written to any more, the oldest first.</summary>
    public IEnumerable<IReadOnlyList<StoredRecord>> Live()
    {
        for (long last = 0; LiveAfter(ref last) is { } records;)
        {
            yield return records;
        }
    }

    /// <summary>Something in a segment can not be read: it is kept for a look.</summary>
    public void Blame(Segment segment)
    {
        lock (Gate)
        {
            segment.IsFaulty = true;
        }
    }

    public void Close()
    {
        lock (Gate)
        {
            foreach (var segment in _segments.Values)
            {
                segment.IsRemoved = true;
                segment.Dispose();
            }

            _segments.Clear();
            _emptied.Clear();
            Active = null;
            IsClosed = true;
        }
    }

    private List<StoredRecord>? LiveAfter(ref long last)
    {
        lock (Gate)
        {
            var after = last;
            if (_segments.Values.FirstOrDefault(segment => segment.Number > after && segment != Active && segment.LiveRecords > 0) is not { } found)
            {
                return null;
            }

            last = found.Number;
            var records = new List<StoredRecord>(found.LiveRecords);
            for (var record = found.First; record is not null; record = record.Next)
            {
                records.Add(record);
            }

            return records;
        }
    }

    private bool NoteEmptyLocked(Segment segment)
    {
        if (segment.LiveRecords == 0 && segment != Active)
        {
            _emptied.Enqueue(segment);
        }

        return segment.LiveRecords == 0;
    }
}
