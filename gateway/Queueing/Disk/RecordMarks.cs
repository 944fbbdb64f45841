namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>
/// Writes down what becomes of records: a mark is with the operating system when the call returns, so that a killed process leaves it behind, and on disk within a second. A mark that is lost all the same
/// repeats data and loses none.
/// </summary>
internal sealed class RecordMarks : IDisposable
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    private readonly SegmentSet _segments;
    private readonly LogEnvironment _environment;
    private readonly ITimer _timer;
    private readonly HashSet<Segment> _unwritten = [];
    private readonly HashSet<Segment> _unsynced = [];

    /// <param name="segments">Where the records are.</param>
    /// <param name="environment">What the log leans on.</param>
    /// <param name="onSyncDue">Told when <see cref="Sync"/> should be called.</param>
    public RecordMarks(SegmentSet segments, LogEnvironment environment, Action onSyncDue)
    {
        (_segments, _environment) = (segments, environment);
        _timer = environment.Time.CreateTimer(_ => onSyncDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The records are about to be sent.</summary>
    public void Begin(IEnumerable<StoredRecord> records)
    {
        lock (_segments.Gate)
        {
            foreach (var record in records)
            {
                if (!record.IsBegun && !record.IsDone)
                {
                    record.IsBegun = true;
                    AddLocked(record, MarkKind.Begun);
                }
            }

            WriteLocked();
        }
    }

    /// <summary>The records are of no use any more; true when nothing in a segment is.</summary>
    public bool Finish(IEnumerable<StoredRecord> records)
    {
        var emptied = false;
        lock (_segments.Gate)
        {
            foreach (var record in records)
            {
                if (!record.IsDone && !_segments.IsClosed)
                {
                    record.IsDone = true;
                    AddLocked(record, MarkKind.Done);
                    emptied |= _segments.RemoveLocked(record);
                }
            }

            WriteLocked();
        }

        return emptied;
    }

    /// <summary>Adds a mark that <see cref="WriteLocked"/> writes.</summary>
    public void AddLocked(Segment segment, MarkKind kind, int offset, uint stamp)
    {
        segment.Marks.Add(kind, offset, stamp);
        _unwritten.Add(segment);
    }

    /// <summary>Writes what is not written yet; false when not all could be.</summary>
    public bool WriteLocked()
    {
        if (_unwritten.Count == 0)
        {
            return true;
        }

        Segment[] waiting = [.. _unwritten];
        _unwritten.Clear();
        foreach (var segment in waiting)
        {
            if (!segment.IsRemoved && !TryWrite(segment))
            {
                _unwritten.Add(segment);
            }
        }

        return _unwritten.Count == 0;
    }

    /// <summary>Has the disk take the marks. Called by the one who also deletes segments, so that none is closed meanwhile.</summary>
    public void Sync()
    {
        Segment[] waiting;
        lock (_segments.Gate)
        {
            waiting = [.. _unsynced.Where(segment => !segment.IsRemoved)];
            _unsynced.Clear();
        }

        foreach (var segment in waiting)
        {
            _environment.Quietly(segment.Marks.Sync);
        }

        // A new file is there only with its name, and a deleted one is gone only without it.
        if (waiting.Length > 0)
        {
            _environment.Quietly(_environment.Files.Sync);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void AddLocked(StoredRecord record, MarkKind kind)
    {
        var (segment, offset) = record.Place;
        AddLocked(segment, kind, offset, record.Stamp);
    }

    private bool TryWrite(Segment segment)
    {
        try
        {
            _environment.Space.Use(segment.Marks.Write(_environment.Files));
        }
        catch (IOException exception)
        {
            _environment.Fault(exception, "marking");
            return false;
        }

        if (_environment.Limits.Sync)
        {
            if (_unsynced.Count == 0)
            {
                _timer.Change(SyncInterval, Timeout.InfiniteTimeSpan);
            }

            _unsynced.Add(segment);
        }

        return true;
    }
}
