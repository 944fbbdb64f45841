using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>
/// An append-only log in segments. Appends that come while a sync runs share the next one. What becomes of records is marked beside their segment, without waiting for appends; a segment goes when all of its
/// records are done, and one that is kept for a few of them is rewritten into the newest. Records are written and files deleted by one thread at a time; a file that a write or sync failed on is not written again.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    private readonly LogEnvironment _environment;
    private readonly SegmentSet _segments = new();
    private readonly RecordMarks _marks;
    private readonly RecordReader _reader;
    private readonly SegmentWriter _writer;
    private readonly SegmentRewriter _rewriter;
    private readonly SegmentRemoval _removal;
    private readonly SegmentRecovery _recovery;
    private readonly RecordSequence _sequence;
    private readonly Pump _writing;
    private readonly Pump _marking;
    private readonly Lock _io = new();
    private readonly Lock _waiting = new();
    private readonly ConcurrentQueue<StoredRecord> _forgotten = new();
    private List<AppendGroup> _groups = [];
    private volatile bool _isSyncDue;
    private bool _closed;
    private bool _disposed;

    public SegmentLog(IQueueFiles files, SegmentLogLimits limits, DiskCounters counters, TimeProvider time, ILogger logger)
    {
        _environment = new LogEnvironment(files, limits, counters, time, logger);
        _writing = new Pump(Work);
        _marking = new Pump(MarkForgotten);
        _sequence = new RecordSequence(time);
        _marks = new RecordMarks(_segments, _environment, SyncMarks);
        _writer = new SegmentWriter(_segments, _environment);
        _reader = new RecordReader(_environment);
        _rewriter = new SegmentRewriter(_segments, _reader, _writer, _marks, _environment);
        _removal = new SegmentRemoval(_segments, _environment);
        _recovery = new SegmentRecovery(_segments, _marks, _sequence, _environment);
        _writer.Pass(_recovery.Look(_removal.Keep));
    }

    /// <summary>Keeps to other bounds from now on: what is there stays, and takes its room.</summary>
    public void Apply(SegmentLogLimits limits) => _environment.Limits = limits;

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes => _environment.Space.Used;

    /// <summary>True when so little is free that old data must go for new data to come.</summary>
    public bool IsCrowded => _environment.Space.IsCrowded;

    public bool HasRoom(long bytes) => _environment.Space.Has(bytes);

    /// <summary>Takes room for an append; false when there is none.</summary>
    public bool TryReserve(long bytes) => _environment.Space.TryReserve(bytes);

    public long NextSequence() => _sequence.Next();

    /// <summary>Appends records for which room was reserved; the reservation ends here, whatever the outcome.</summary>
    public Task<AppendResult> AppendAsync(AppendGroup group)
    {
        lock (_waiting)
        {
            if (_closed)
            {
                _environment.Space.Return(group.Bytes);
                return Task.FromResult(AppendResult.Failed);
            }

            _groups.Add(group);
        }

        _writing.Kick();
        return group.Done.Task;
    }

    /// <summary>The records are about to be sent; that is written down when the call returns.</summary>
    public void Begin(IEnumerable<StoredRecord> records) => _marks.Begin(records);

    /// <summary>The records were sent; that is written down when the call returns.</summary>
    public void Finish(IEnumerable<StoredRecord> records)
    {
        if (_marks.Finish(records))
        {
            _writing.Kick();
        }
    }

    /// <summary>The record is of no use any more; that is written down soon, unless <see cref="Finish"/> has done so.</summary>
    public void Forget(StoredRecord record)
    {
        if (!record.IsDone)
        {
            _forgotten.Enqueue(record);
            _marking.Kick();
        }
    }

    /// <summary>Looks whether old segments should be rewritten.</summary>
    public void Tidy() => _writing.Kick();

    /// <summary>Completes when nothing is being written.</summary>
    public async Task WhenIdleAsync()
    {
        // Marks may leave a segment to be deleted, and never the other way round.
        await _marking.WhenIdleAsync().ConfigureAwait(false);
        await _writing.WhenIdleAsync().ConfigureAwait(false);
    }

    /// <summary>Reads one record into <paramref name="bytes"/>, which is as long; false when it is not intact any more.</summary>
    public bool TryRead(StoredRecord record, Span<byte> bytes, out RecordHeader header) => _reader.TryRead(record, bytes, out header);

    /// <summary>The record can not be read: its segment is kept for a look.</summary>
    public void Blame(StoredRecord record) => _segments.Blame(record.Place.Segment);

    /// <summary>Reads the next segment that a process before this one left, oldest first; false when there is none any more.</summary>
    /// <param name="attach">Makes the record of what was found; told whether its sending had begun.</param>
    public bool RecoverNext(Func<ScannedRecord, bool, StoredRecord> attach)
    {
        var found = _recovery.Next(attach);
        _writing.Kick();
        return found;
    }

    /// <summary>The live records by segment, but for the one that is written to, the oldest first: for whoever makes room.</summary>
    public IEnumerable<IReadOnlyList<StoredRecord>> Live() => _segments.Live();

    /// <summary>Writes what is to be written and closes the files. Appends fail from now on.</summary>
    public async Task CloseAsync()
    {
        lock (_waiting)
        {
            _closed = true;
        }

        _marking.Kick();
        await _marking.WhenIdleAsync().ConfigureAwait(false);
        SyncMarks();
        await _writing.WhenIdleAsync().ConfigureAwait(false);
        Dispose();
    }

    public void Dispose()
    {
        lock (_waiting)
        {
            _closed = true;
        }

        lock (_io)
        {
            _segments.Close();
            _disposed = true;
        }

        _marks.Dispose();
        _environment.Files.Dispose();
    }

    private void SyncMarks()
    {
        _isSyncDue = true;
        _writing.Kick();
    }

    private void Work()
    {
        lock (_io)
        {
            if (_disposed)
            {
                return;
            }

            List<AppendGroup> groups;
            lock (_waiting)
            {
                (groups, _groups) = (_groups, []);
            }

            _segments.SealSpent(_environment.Limits.SegmentBytes);
            _writer.Append(groups);
            if (_isSyncDue)
            {
                _isSyncDue = false;
                _marks.Sync();
            }

            _removal.Run();
            if (_rewriter.Run())
            {
                _removal.Run();
                _writing.Kick();
            }
        }
    }

    private void MarkForgotten()
    {
        var records = new List<StoredRecord>();
        while (_forgotten.TryDequeue(out var record))
        {
            records.Add(record);
        }

        Finish(records);
    }
}
