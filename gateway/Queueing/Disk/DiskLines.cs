using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The lines of a disk queue: what waits on disk alone, and the room that each project and what is parked may take. Its lock guards them and all that is in them.</summary>
/// <param name="queue">Whose lines they are.</param>
/// <param name="overflow">Gives up a record that has to go for newer data.</param>
internal sealed class DiskLines(DiskQueue queue, Action<StoredRecord> overflow)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Value, OtlpSignal Signal, string Project), DiskLine> _lines = [];
    private readonly ProjectShares _shares = new();
    private readonly ParkedLines _parked = new();
    private long _items;
    private long _records;

    /// <summary>Items on disk that are not done.</summary>
    public long Items => Interlocked.Read(ref _items);

    public bool IsEmpty => Interlocked.Read(ref _records) == 0;

    /// <summary>Lines at the last <see cref="Waiting"/>.</summary>
    public int Count { get; private set; }

    /// <summary>What every line holds.</summary>
    public IReadOnlyList<(ProjectAccount Account, long Items, long Records)> Holdings
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines.Values.Select(line => (line.Account, line.Items, line.Records))];
            }
        }
    }

    /// <summary>Services whose project is not there yet, and their bytes.</summary>
    public (int Services, long Bytes) Parked
    {
        get
        {
            lock (_gate)
            {
                return (_parked.Services, _parked.Bytes);
            }
        }
    }

    /// <summary>Counts a record that was there before.</summary>
    public StoredRecord Add(string value, OtlpSignal signal, ProjectAccount account, Func<DiskLine, StoredRecord> make)
    {
        lock (_gate)
        {
            return AddLocked(value, signal, account, make);
        }
    }

    /// <summary>Makes room for a record where the configuration says so, and counts it; null when there is no room.</summary>
    /// <param name="value">Of the routing attribute.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="account">Where the items are booked.</param>
    /// <param name="bytes">On disk.</param>
    /// <param name="hasRoute">False for what waits for its project.</param>
    /// <param name="reserve">Takes what else the record needs; false when that is not to be had.</param>
    /// <param name="make">Makes it for its line.</param>
    public StoredRecord? TryAdd(string value, OtlpSignal signal, ProjectAccount account, long bytes, bool hasRoute, Func<bool> reserve, Func<DiskLine, StoredRecord> make)
    {
        lock (_gate)
        {
            if (!HasRoomLocked(value, signal, account, bytes, hasRoute, makeRoom: true) || !reserve())
            {
                return null;
            }

            var record = AddLocked(value, signal, account, make);
            if (!hasRoute)
            {
                _parked.Set(record.Line, true);
            }

            return record;
        }
    }

    /// <summary>The record is of no use any more.</summary>
    public void Remove(StoredRecord record)
    {
        lock (_gate)
        {
            CountLocked(record, -1);
        }
    }

    /// <summary>Whether <see cref="TryAdd"/> would find room.</summary>
    public bool HasRoom(string value, OtlpSignal signal, ProjectAccount account, long bytes, bool hasRoute)
    {
        lock (_gate)
        {
            return HasRoomLocked(value, signal, account, bytes, hasRoute, makeRoom: false);
        }
    }

    /// <summary>Whether so much more would be above the bound of its project.</summary>
    public bool IsAtBound(string value, OtlpSignal signal, ProjectAccount account, long bytes)
    {
        lock (_gate)
        {
            return _shares.Find(value, signal, account) is { Bytes: > 0 } share && share.Bytes + bytes > queue.Configuration.MaxBytesPerProject;
        }
    }

    /// <summary>The lines that wait on disk; and those of which nothing is left are forgotten.</summary>
    public IReadOnlyList<DiskLine> Waiting()
    {
        lock (_gate)
        {
            foreach (var line in _lines.Values.Where(line => line.Records == 0).ToArray())
            {
                _lines.Remove((line.Value, line.Signal, line.Account.Project));
                _parked.Set(line, false);
                _shares.Leave(line);
            }

            Count = _lines.Count;
            return [.. _lines.Values.Where(line => line.Cold.Count > 0)];
        }
    }

    /// <summary>The oldest record of a line that waits on disk alone.</summary>
    public StoredRecord? Peek(DiskLine line)
    {
        lock (_gate)
        {
            while (line.Cold.TryPeek(out var record))
            {
                if (record.IsCold)
                {
                    return record;
                }

                line.Cold.Dequeue();
            }

            return null;
        }
    }

    /// <summary>Takes a record that waits on disk; false when another was faster.</summary>
    public bool TryTake(StoredRecord record)
    {
        lock (_gate)
        {
            if (!record.IsCold)
            {
                return false;
            }

            record.IsCold = false;
            if (record.Line.Cold.Peek() == record)
            {
                record.Line.Cold.Dequeue();
            }

            return true;
        }
    }

    /// <summary>Leaves a record on disk until there is room in memory.</summary>
    public void Leave(StoredRecord record)
    {
        lock (_gate)
        {
            record.IsCold = true;
            record.Line.Cold.Enqueue(record);
        }
    }

    public bool HasCold(DiskLine line)
    {
        lock (_gate)
        {
            return line.Cold.Count > 0;
        }
    }

    public void SetParked(DiskLine line, bool isParked)
    {
        lock (_gate)
        {
            _parked.Set(line, isParked);
        }
    }

    private DiskLine LineLocked(string value, OtlpSignal signal, ProjectAccount account)
    {
        var key = (value, signal, account.Project);
        if (!_lines.TryGetValue(key, out var line))
        {
            _lines[key] = line = new DiskLine(queue, value, signal, account, _shares.Of(value, signal, account));
            line.Share.Lines.Add(line);
        }

        return line;
    }

    private StoredRecord AddLocked(string value, OtlpSignal signal, ProjectAccount account, Func<DiskLine, StoredRecord> make)
    {
        var record = make(LineLocked(value, signal, account));
        CountLocked(record, 1);
        return record;
    }

    private bool HasRoomLocked(string value, OtlpSignal signal, ProjectAccount account, long bytes, bool hasRoute, bool makeRoom)
    {
        var configuration = queue.Configuration;
        if (!hasRoute && !_parked.MayTake(configuration.Parking, value, bytes))
        {
            return false;
        }

        if (_shares.Find(value, signal, account) is not { Bytes: > 0 } share || share.Bytes + bytes <= configuration.MaxBytesPerProject)
        {
            return true;
        }

        return configuration.Overflow == OverflowPolicy.DropOldest
            && bytes <= configuration.MaxBytesPerProject
            && (!makeRoom || DropOldestLocked(share, share.Bytes + bytes - configuration.MaxBytesPerProject));
    }

    private bool DropOldestLocked(ProjectShare share, long bytes)
    {
        for (long freed = 0; freed < bytes;)
        {
            if (share.Lines.Select(Peek).OfType<StoredRecord>().MinBy(record => record.AcceptedAt) is not { } oldest || !TryTake(oldest))
            {
                return false;
            }

            freed += oldest.Length;
            overflow(oldest);
        }

        return true;
    }

    private void CountLocked(StoredRecord record, int sign)
    {
        record.Line.Bytes += sign * record.Length;
        record.Line.Items += sign * record.Items;
        record.Line.Records += sign;
        record.Line.Share.Bytes += sign * record.Length;
        Interlocked.Add(ref _items, sign * record.Items);
        Interlocked.Add(ref _records, sign);
    }
}
