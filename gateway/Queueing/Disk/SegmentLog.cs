using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The bounds of a log.</summary>
/// <param name="MaxBytes">Bytes of all its files.</param>
/// <param name="SegmentBytes">Bytes at which a segment is closed; as many are kept free to rewrite what is left of old ones.</param>
/// <param name="Sync">Sync before an append is acknowledged.</param>
internal sealed record SegmentLogLimits(long MaxBytes, long SegmentBytes, bool Sync)
{
    /// <summary>Sixteen segments at least, none above 64 MiB.</summary>
    public static SegmentLogLimits For(long maxBytes, bool sync) => new(maxBytes, Math.Clamp(maxBytes / 16, 64 * 1024, 64L * 1024 * 1024), sync);
}

/// <summary>
/// An append-only log in segments. Appends that come while a sync runs share the next one. Records that are done are marked beside their segment; a segment goes when all of its records
/// are done, and one that is kept for a few of them is rewritten into the newest. All writes are made by one thread at a time; a file that a write or sync failed on is not written again.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    private static readonly TimeSpan PauseWhenFull = TimeSpan.FromSeconds(1);
    private const int DiskFull = 28;
    private const int QuotaExceeded = 122;
    private const long RewriteBytes = 4 * 1024 * 1024;

    private readonly IQueueFiles _files;
    private readonly SegmentLogLimits _limits;
    private readonly DiskCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Pump _pump;
    private readonly Lock _budget = new();
    private readonly Lock _io = new();
    private readonly Lock _waiting = new();
    private readonly ConcurrentQueue<StoredRecord> _forgotten = new();
    private readonly SortedDictionary<long, Segment> _segments = [];
    private readonly Queue<(string Name, long Length)> _faulty = new();
    private readonly SortedDictionary<long, long> _unread = [];
    private List<AppendGroup> _groups = [];
    private Segment? _active;
    private long _lastNumber;
    private long _sequence;
    private long _used;
    private long _reserved;
    private long _fullUntil;
    private bool _closed;
    private bool _disposed;

    public SegmentLog(IQueueFiles files, SegmentLogLimits limits, DiskCounters counters, TimeProvider time, ILogger logger)
    {
        (_files, _limits, _counters, _time, _logger) = (files, limits, counters, time, logger);
        _fullUntil = long.MinValue;
        _pump = new Pump(Work);
        Look();
    }

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_budget)
            {
                return _used;
            }
        }
    }

    /// <summary>True when so little is free that old data must go for new data to come.</summary>
    public bool IsCrowded => Free() < 2 * _limits.SegmentBytes;

    public bool HasRoom(long bytes) => bytes <= Free() && !IsPaused;

    /// <summary>Takes room for an append; false when there is none.</summary>
    public bool TryReserve(long bytes)
    {
        if (IsPaused)
        {
            return false;
        }

        lock (_budget)
        {
            if (bytes > FreeLocked())
            {
                return false;
            }

            _reserved += bytes;
            return true;
        }
    }

    public void Return(long bytes)
    {
        lock (_budget)
        {
            _reserved -= bytes;
        }
    }

    public long NextSequence() => Interlocked.Increment(ref _sequence);

    /// <summary>Appends records for which room was reserved; the reservation ends here, whatever the outcome.</summary>
    public Task<AppendResult> AppendAsync(AppendGroup group)
    {
        lock (_waiting)
        {
            if (_closed)
            {
                Return(group.Bytes);
                return Task.FromResult(AppendResult.Failed);
            }

            _groups.Add(group);
        }

        _pump.Kick();
        return group.Done.Task;
    }

    /// <summary>The record is done.</summary>
    public void Forget(StoredRecord record)
    {
        _forgotten.Enqueue(record);
        _pump.Kick();
    }

    /// <summary>Looks whether old segments should be rewritten.</summary>
    public void Tidy() => _pump.Kick();

    public Task WhenIdleAsync() => _pump.WhenIdleAsync();

    /// <summary>Reads one record's payload into <paramref name="payload"/>, which is as long as the record; false when it is not intact any more.</summary>
    public bool TryRead(StoredRecord record, Span<byte> payload, out int start, out int length)
    {
        while (true)
        {
            var (segment, offset) = record.Place;
            try
            {
                var read = segment.File.Read(payload[..record.Length], offset);
                if (Verify(payload[..read], out var header))
                {
                    start = header.Length - header.PayloadLength;
                    length = header.PayloadLength;
                    return true;
                }
            }
            catch (ObjectDisposedException) when (record.Place.Segment != segment)
            {
                // Rewritten meanwhile.
                continue;
            }
            catch (IOException exception)
            {
                Fault(exception, "read");
            }

            (start, length) = (0, 0);
            return false;
        }
    }

    /// <summary>The record can not be read: its segment is kept for a look.</summary>
    public void Blame(StoredRecord record)
    {
        lock (_io)
        {
            record.Place.Segment.IsFaulty = true;
        }
    }

    /// <summary>Reads the next segment that a process before this one left, oldest first; false when there is none any more.</summary>
    /// <param name="attach">Makes the record of what was found.</param>
    public bool RecoverNext(Func<ScannedRecord, StoredRecord> attach)
    {
        if (_unread.Count == 0)
        {
            return false;
        }

        var (number, length) = _unread.First();
        _unread.Remove(number);
        try
        {
            Recover(number, length, attach);
        }
        catch (IOException exception)
        {
            // The file stays, and is tried again at the next start.
            Fault(exception, "recovery");
            _counters.Lose(1, 0);
        }

        return true;
    }

    /// <summary>The live records of the oldest segments, for whoever makes room.</summary>
    public IReadOnlyList<StoredRecord> Oldest()
    {
        lock (_io)
        {
            var oldest = new List<StoredRecord>();
            foreach (var segment in _segments.Values.Where(segment => segment != _active && segment.LiveRecords > 0).Take(1))
            {
                for (var record = segment.First; record is not null; record = record.Next)
                {
                    oldest.Add(record);
                }
            }

            return oldest;
        }
    }

    /// <summary>Writes what is to be written and closes the files. Appends fail from now on.</summary>
    public async Task CloseAsync()
    {
        lock (_waiting)
        {
            _closed = true;
        }

        _pump.Kick();
        await _pump.WhenIdleAsync().ConfigureAwait(false);
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
            foreach (var segment in _segments.Values)
            {
                segment.Dispose();
            }

            _segments.Clear();
            _active = null;
            _disposed = true;
        }

        _files.Dispose();
    }

    internal static bool Verify(ReadOnlySpan<byte> bytes, out RecordHeader header) =>
        RecordHeader.TryRead(bytes, out header) && header.Length == bytes.Length && Crc32C.Of(bytes[RecordHeader.Size..]) == header.BodyCrc;

    private static bool IsFull(IOException exception) => exception.HResult is DiskFull or QuotaExceeded;

    private bool IsPaused => _time.GetUtcNow().Ticks < Interlocked.Read(ref _fullUntil);

    private long Free()
    {
        lock (_budget)
        {
            return FreeLocked();
        }
    }

    // One segment's worth is for rewriting.
    private long FreeLocked() => _limits.MaxBytes - _limits.SegmentBytes - _used - _reserved;

    private void Use(long bytes)
    {
        lock (_budget)
        {
            _used += bytes;
        }
    }

    // What is there, before a byte of it is trusted.
    private void Look()
    {
        var files = _files.List();
        foreach (var (name, length) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (SegmentName.NumberOf(name, SegmentName.Records) is { } number)
            {
                using var file = _files.Open(name);
                var header = new byte[SegmentName.HeaderSize];
                SegmentName.CheckVersion(name, header.AsSpan(0, file.Read(header, 0)));
                _unread[number] = length;
                _lastNumber = Math.Max(_lastNumber, number);
            }
            else if (SegmentName.NumberOf(name, SegmentName.Faulty) is { } faulty)
            {
                _faulty.Enqueue((name, length));
                _lastNumber = Math.Max(_lastNumber, faulty);
            }
            else if (SegmentName.NumberOf(name, SegmentName.Marks) is { } marks && !files.Any(file => file.Name == SegmentName.Of(marks, SegmentName.Records)))
            {
                _files.Delete(name);
                continue;
            }

            _used += length;
        }
    }

    private void Recover(long number, long length, Func<ScannedRecord, StoredRecord> attach)
    {
        var name = SegmentName.Of(number, SegmentName.Records);
        var file = _files.Open(name);
        var found = SegmentScan.Run(file, length);
        var segment = new Segment(number, file, length) { IsFaulty = found.LostRecords > 0 };
        var done = Marks(segment);
        if (found.LostRecords > 0)
        {
            _counters.Lose(found.LostRecords, found.LostItems);
            Log.SegmentFaulty(_logger, name, found.LostRecords, found.LostItems);
        }

        if (found.TornBytes > 0)
        {
            _counters.Tear(found.TornBytes);
            Log.SegmentTorn(_logger, name, found.TornBytes);
            file.Truncate(found.End);
            Use(found.End - length);
            segment.Length = found.End;
        }

        lock (_io)
        {
            foreach (var record in found.Records.Where(record => !done.Contains((record.Offset, Segment.MarkOf(number, record.Offset, record.Header.Stamp)))))
            {
                var attached = attach(record);
                attached.Stamp = record.Header.Stamp;
                segment.Add(attached, record.Offset);
                _sequence = Math.Max(Interlocked.Read(ref _sequence), record.Header.Sequence);
            }

            _segments[number] = segment;
            RemoveIfDone(segment);
        }
    }

    private HashSet<(int Offset, uint Mark)> Marks(Segment segment)
    {
        var name = SegmentName.Of(segment.Number, SegmentName.Marks);
        if (_files.List().FirstOrDefault(file => file.Name == name) is not { Name: not null } there)
        {
            return [];
        }

        var marks = _files.Open(name);
        segment.ResumeMarks(marks, there.Length);
        return Segment.ReadMarks(marks, there.Length);
    }

    private void Work()
    {
        lock (_io)
        {
            if (_disposed)
            {
                return;
            }

            MarkForgotten();
            List<AppendGroup> groups;
            lock (_waiting)
            {
                (groups, _groups) = (_groups, []);
            }

            Append(groups);
            if (Rewrite())
            {
                _pump.Kick();
            }
        }
    }

    private void MarkForgotten()
    {
        var touched = new HashSet<Segment>();
        while (_forgotten.TryDequeue(out var record))
        {
            var (segment, offset) = record.Place;
            segment.Remove(record);
            segment.Mark(offset, record.Stamp);
            touched.Add(segment);
        }

        foreach (var segment in touched)
        {
            if (!RemoveIfDone(segment))
            {
                WriteMarks(segment);
            }
        }
    }

    private void WriteMarks(Segment segment)
    {
        var before = segment.MarksLength;
        try
        {
            segment.WriteMarks(_files);
            Use(segment.MarksLength - before);
        }
        catch (IOException exception)
        {
            Fault(exception, "marking");
        }
    }

    private void Append(List<AppendGroup> groups)
    {
        var buffers = new List<ReadOnlyMemory<byte>>();
        for (var next = 0; next < groups.Count;)
        {
            var first = next;
            buffers.Clear();
            long bytes = 0;
            do
            {
                groups[next].WriteTo(buffers);
                bytes += groups[next++].Bytes;
            }
            while (next < groups.Count && Fits(bytes + groups[next].Bytes));

            var result = Write(buffers, bytes, out var offset);
            foreach (var group in groups[first..next])
            {
                if (result == AppendResult.Committed)
                {
                    foreach (var record in group.Records)
                    {
                        _active!.Add(record, (int)offset);
                        offset += record.Length;
                    }
                }

                Return(group.Bytes);
                group.Done.SetResult(result);
            }
        }
    }

    private bool Fits(long bytes) => (_active?.Length ?? SegmentName.HeaderSize) + bytes <= _limits.SegmentBytes;

    // Writes to the newest segment. After a failure the bytes go to another file, once: what the failed one holds of them is not known.
    private AppendResult Write(List<ReadOnlyMemory<byte>> buffers, long bytes, out long offset)
    {
        var result = TryWrite(buffers, bytes, out offset);
        return result == AppendResult.Failed ? TryWrite(buffers, bytes, out offset) : result;
    }

    private AppendResult TryWrite(List<ReadOnlyMemory<byte>> buffers, long bytes, out long offset)
    {
        offset = 0;
        try
        {
            if (_active is { } full && full.Length > SegmentName.HeaderSize && !Fits(bytes))
            {
                Seal(full);
            }

            _active ??= Start();
            offset = _active.Length;
            _active.File.Write(buffers, offset);
            if (_limits.Sync)
            {
                _active.File.Sync();
            }

            _active.Length += bytes;
            Use(bytes);
            _counters.Commit();
            return AppendResult.Committed;
        }
        catch (IOException exception)
        {
            Fault(exception, "append");
            Abandon();
            if (!IsFull(exception))
            {
                return AppendResult.Failed;
            }

            Interlocked.Exchange(ref _fullUntil, (_time.GetUtcNow() + PauseWhenFull).Ticks);
            return AppendResult.Full;
        }
    }

    private Segment Start()
    {
        // By the clock, so that no number comes twice: marks of a segment that is gone must not speak of another.
        var number = _lastNumber = Math.Max(_lastNumber + 1, _time.GetUtcNow().ToUnixTimeMilliseconds());
        var name = SegmentName.Of(number, SegmentName.Records);
        var file = _files.Create(name);
        try
        {
            file.Write([SegmentName.Header(number)], 0);
            if (_limits.Sync)
            {
                file.Sync();
                _files.Sync();
            }
        }
        catch (IOException)
        {
            file.Dispose();
            Quietly(() => _files.Delete(name));
            throw;
        }

        Use(SegmentName.HeaderSize);
        return _segments[number] = new Segment(number, file, SegmentName.HeaderSize);
    }

    // Nothing more is written to it. What was acknowledged stays readable; what was not is cut off, if the disk lets it.
    private void Abandon()
    {
        if (_active is { } failed)
        {
            Quietly(() => failed.File.Truncate(failed.Length));
            Seal(failed);
        }
    }

    private void Seal(Segment segment)
    {
        _active = null;
        RemoveIfDone(segment);
    }

    private bool RemoveIfDone(Segment segment)
    {
        if (segment.LiveRecords > 0 || segment == _active)
        {
            return false;
        }

        _segments.Remove(segment.Number);
        segment.Dispose();
        var name = SegmentName.Of(segment.Number, SegmentName.Records);
        Quietly(() =>
        {
            if (segment.IsFaulty)
            {
                var faulty = SegmentName.Of(segment.Number, SegmentName.Faulty);
                _files.Rename(name, faulty);
                _faulty.Enqueue((faulty, segment.Length));
            }
            else
            {
                _files.Delete(name);
                Use(-segment.Length);
            }

            if (segment.MarksLength > 0)
            {
                _files.Delete(SegmentName.Of(segment.Number, SegmentName.Marks));
                Use(-segment.MarksLength);
            }
        });
        PruneFaulty();
        return true;
    }

    // Kept for a look, but not for ever: they take room from data.
    private void PruneFaulty()
    {
        while (_faulty.Sum(file => file.Length) > _limits.MaxBytes / 8)
        {
            var (name, length) = _faulty.Dequeue();
            Quietly(() => _files.Delete(name));
            Use(-length);
        }
    }

    /// <summary>Moves what is left of the emptiest old segment into the newest; true when it did.</summary>
    private bool Rewrite()
    {
        if (_closed || IsPaused || UsedBytes <= _limits.MaxBytes / 2)
        {
            return false;
        }

        var worth = IsCrowded ? 0.9 : 0.5;
        var emptiest = _segments.Values
            .Where(segment => segment != _active && !segment.IsFaulty && segment.LiveBytes < worth * segment.Length)
            .MinBy(segment => segment.LiveBytes / (double)segment.Length);
        return emptiest is not null && Rewrite(emptiest);
    }

    private bool Rewrite(Segment segment)
    {
        var records = new List<StoredRecord>();
        var buffers = new List<ReadOnlyMemory<byte>>();
        while (segment.First is { } next)
        {
            records.Clear();
            buffers.Clear();
            long bytes = 0;
            for (var record = next; record is not null && bytes < RewriteBytes; record = record.Next)
            {
                var copy = new byte[record.Length];
                if (!TryCopy(segment, record, copy))
                {
                    // Whoever reads it next counts it as lost.
                    segment.IsFaulty = true;
                    return false;
                }

                records.Add(record);
                buffers.Add(copy);
                bytes += copy.Length;
            }

            if (Write(buffers, bytes, out var offset) != AppendResult.Committed)
            {
                return false;
            }

            foreach (var record in records)
            {
                segment.Remove(record);
                _active!.Add(record, (int)offset);
                offset += record.Length;
            }

            _counters.Rewrite(bytes);
        }

        return RemoveIfDone(segment);
    }

    private bool TryCopy(Segment segment, StoredRecord record, byte[] copy)
    {
        try
        {
            return segment.File.Read(copy, record.Place.Offset) == copy.Length && Verify(copy, out _);
        }
        catch (IOException exception)
        {
            Fault(exception, "read");
            return false;
        }
    }

    private void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (IOException exception)
        {
            Fault(exception, "tidying");
        }
    }

    private void Fault(IOException exception, string what)
    {
        _counters.Fail();
        Log.DiskFailed(_logger, exception, what);
    }
}
