using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>
/// The durable queue of one exporter. Every part of a request is a record in one <see cref="SegmentLog"/> before the client is answered; what the project queues have room for stays in
/// memory as well, the rest waits on disk alone, in lines by service, until <see cref="DiskFeeder"/> reads it back. Data of services without a project wait in their lines likewise.
/// </summary>
internal sealed class DiskQueue : IDisposable
{
    private readonly string _exporter;
    private readonly Admission _admission;
    private readonly Func<OtlpSignal, string, ProjectAccount> _account;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SegmentLog _log;
    private readonly DiskFeeder _feeder;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Value, OtlpSignal Signal, string Project), DiskLine> _lines = [];
    private readonly Dictionary<(string Project, OtlpSignal Signal), ProjectShare> _shares = [];
    private readonly HashSet<DiskLine> _parked = [];
    private QueueConfiguration _configuration;
    private readonly CancellationTokenSource _stop = new();
    private Task _recovery = Task.CompletedTask;
    private long _items;
    private long _records;

    /// <param name="exporter">Component id.</param>
    /// <param name="configuration">The bounds; its disk is set.</param>
    /// <param name="files">The folder; owned from here on.</param>
    /// <param name="way">How data leave.</param>
    /// <param name="account">The books by signal and project.</param>
    /// <param name="admission">The budget of memory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where faults are told.</param>
    public DiskQueue(
        string exporter,
        QueueConfiguration configuration,
        IQueueFiles files,
        IDiskQueueWay way,
        Func<OtlpSignal, string, ProjectAccount> account,
        Admission admission,
        TimeProvider time,
        ILogger logger)
    {
        (_exporter, _configuration, _account, _admission, _time, _logger) = (exporter, configuration, account, admission, time, logger);
        OpenedAt = Now;
        _log = new SegmentLog(files, SegmentLogLimits.For(configuration.MaxBytes, configuration.Disk!.Sync), Counters, time, logger);
        _feeder = new DiskFeeder(this, _log, way, admission, time, exporter, logger);
    }

    public DiskCounters Counters { get; } = new();

    public QueueConfiguration Configuration => Volatile.Read(ref _configuration);

    /// <summary>Unix milliseconds.</summary>
    public long OpenedAt { get; }

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes => _log.UsedBytes;

    /// <summary>Items on disk that are not done.</summary>
    public long Items => Interlocked.Read(ref _items);

    public bool IsEmpty => Interlocked.Read(ref _records) == 0;

    /// <summary>Services whose project is not there yet, and their bytes.</summary>
    public (int Services, long Bytes) Parked
    {
        get
        {
            lock (_gate)
            {
                return (_parked.Select(line => line.Value).Distinct(StringComparer.Ordinal).Count(), _parked.Sum(line => line.Bytes));
            }
        }
    }

    internal long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Begins to read what a process before this one left; new data are taken meanwhile.</summary>
    public void StartRecovery() => _recovery = Task.Run(() => Recover(_stop.Token));

    /// <summary>Reads what a process before this one left, and begins to hand it out as it is read.</summary>
    private void Recover(CancellationToken cancellationToken)
    {
        long items = 0;
        var found = new List<StoredRecord>();
        try
        {
            while (!cancellationToken.IsCancellationRequested && _log.RecoverNext(Attach))
            {
                found.ForEach(Leave);
                found.Clear();
                _feeder.Wake();
            }
        }
        catch (ObjectDisposedException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        Log.Recovered(_logger, _exporter, Counters.RecoveredRecords, items, Counters.LostRecords);

        StoredRecord Attach(ScannedRecord scanned)
        {
            var header = scanned.Header;
            _ = _admission.Take(StoredRecord.MemoryBytes);
            lock (_gate)
            {
                var line = LineLocked(scanned.Value, header.Signal, _account(header.Signal, scanned.Project));
                var record = new StoredRecord(line, header.Length, header.Items, header.AcceptedAt);
                CountLocked(record, 1);
                line.Account.Recover(record.Items);
                items += record.Items;
                Counters.Recover(1);
                found.Add(record);
                return record;
            }
        }
    }

    /// <summary>Whether <see cref="TryAdmit"/> would take so much now.</summary>
    public bool HasRoom(string value, OtlpSignal signal, ProjectAccount account, int bytes, bool hasRoute)
    {
        lock (_gate)
        {
            return HasRoomLocked(value, signal, account, bytes + AppendGroup.HeadBytes(value, account.Project), hasRoute, makeRoom: false);
        }
    }

    /// <summary>Takes room for what one request holds for one service; null when there is none.</summary>
    public DiskEntry? TryAdmit(string value, OtlpSignal signal, ProjectAccount account, ImmutableArray<ReadOnlyMemory<byte>> payload, int items, int bytes, bool hasRoute)
    {
        var length = bytes + AppendGroup.HeadBytes(value, account.Project);
        lock (_gate)
        {
            if (!HasRoomLocked(value, signal, account, length, hasRoute, makeRoom: true) || !_admission.TryAdd(StoredRecord.MemoryBytes))
            {
                return null;
            }

            if (!_log.TryReserve(length))
            {
                _admission.Return(StoredRecord.MemoryBytes);
                return null;
            }

            var line = LineLocked(value, signal, account);
            if (!hasRoute)
            {
                _parked.Add(line);
            }

            var record = new StoredRecord(line, length, items, Now);
            CountLocked(record, 1);
            return new DiskEntry(record, payload, bytes);
        }
    }

    /// <summary>Writes what was admitted, all or nothing, and hands it on once it is safe. The memory behind the payloads must stay readable until then.</summary>
    /// <param name="entries">What was admitted of one request.</param>
    /// <param name="lease">The request; the caller's, shared for what stays in memory.</param>
    public async Task<AppendResult> StoreAsync(IReadOnlyList<DiskEntry> entries, BufferLease lease)
    {
        var group = new AppendGroup();
        foreach (var entry in entries)
        {
            group.Add(entry.Record, _log.NextSequence(), entry.Payload);
        }

        var result = await _log.AppendAsync(group).ConfigureAwait(false);
        foreach (var entry in entries)
        {
            if (result == AppendResult.Committed)
            {
                entry.Record.Line.Account.Accept(entry.Record.Items, entry.Bytes, _feeder.Now);
                _feeder.Take(entry, lease);
            }
            else
            {
                Uncount(entry.Record);
            }
        }

        if (Configuration.Overflow == OverflowPolicy.DropOldest && _log.IsCrowded)
        {
            DropOldest();
        }

        return result;
    }

    /// <summary>The record was sent or given up.</summary>
    public void Forget(StoredRecord record)
    {
        Uncount(record);
        _log.Forget(record);
        _feeder.Wake();
    }

    /// <summary>Looks at every line again: routes changed.</summary>
    public void Wake() => _feeder.Wake();

    /// <summary>Puts other bounds in force, but for the place and size of the disk.</summary>
    public void Apply(QueueConfiguration configuration) => Volatile.Write(ref _configuration, configuration with { Disk = _configuration.Disk, MaxBytes = _configuration.MaxBytes });

    /// <summary>Whether nothing is being written or read back at this moment.</summary>
    public bool IsIdle => _recovery.IsCompleted && _feeder.WhenIdleAsync().IsCompleted && _log.WhenIdleAsync().IsCompleted;

    /// <summary>Completes when nothing is being written or read back.</summary>
    public async Task WhenIdleAsync()
    {
        await _recovery.ConfigureAwait(false);
        await _feeder.WhenIdleAsync().ConfigureAwait(false);
        await _log.WhenIdleAsync().ConfigureAwait(false);
    }

    /// <summary>Hands nothing out any more, writes what is to be written, and says in the log how many items stay.</summary>
    public async Task CloseAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _recovery.ConfigureAwait(false);
        await _feeder.StopAsync().ConfigureAwait(false);
        await _log.CloseAsync().ConfigureAwait(false);
        if (Items > 0)
        {
            Log.Kept(_logger, _exporter, Items);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _feeder.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    /// <summary>The lines that wait on disk; and those of which nothing is left are forgotten.</summary>
    internal IReadOnlyList<DiskLine> Lines()
    {
        lock (_gate)
        {
            foreach (var line in _lines.Values.Where(line => line.Records == 0).ToArray())
            {
                _lines.Remove((line.Value, line.Signal, line.Account.Project));
                _parked.Remove(line);
                line.Share.Lines.Remove(line);
                if (line.Share.Lines.Count == 0)
                {
                    _shares.Remove(ShareKey(line.Value, line.Signal, line.Account));
                }
            }

            LineCount = _lines.Count;
            return [.. _lines.Values.Where(line => line.Cold.Count > 0)];
        }
    }

    /// <summary>Lines at the last look.</summary>
    internal int LineCount { get; private set; }

    /// <summary>The oldest record of a line that waits on disk alone.</summary>
    internal StoredRecord? Peek(DiskLine line)
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

    /// <summary>Takes the record that <see cref="Peek"/> showed; false when it was dropped meanwhile.</summary>
    internal bool TryTake(StoredRecord record)
    {
        lock (_gate)
        {
            if (!record.IsCold)
            {
                return false;
            }

            record.IsCold = false;
            record.Line.Cold.Dequeue();
            return true;
        }
    }

    /// <summary>Leaves a record on disk until there is room in memory.</summary>
    internal void Leave(StoredRecord record)
    {
        lock (_gate)
        {
            record.IsCold = true;
            record.Line.Cold.Enqueue(record);
        }
    }

    internal bool HasCold(DiskLine line)
    {
        lock (_gate)
        {
            return line.Cold.Count > 0;
        }
    }

    internal void SetParked(DiskLine line, bool isParked)
    {
        lock (_gate)
        {
            _ = isParked ? _parked.Add(line) : _parked.Remove(line);
        }
    }

    /// <summary>Gives up a record that was taken.</summary>
    internal void Drop(StoredRecord record, DropReason reason)
    {
        record.Line.Account.Drop(reason, record.Items, record.Length);
        Forget(record);
    }

    private static (string, OtlpSignal) ShareKey(string value, OtlpSignal signal, ProjectAccount account) =>
        (account.Project == Accounts.Others ? $"{Accounts.Others}/{value}" : account.Project, signal);

    private DiskLine LineLocked(string value, OtlpSignal signal, ProjectAccount account)
    {
        var key = (value, signal, account.Project);
        if (!_lines.TryGetValue(key, out var line))
        {
            var shareKey = ShareKey(value, signal, account);
            if (!_shares.TryGetValue(shareKey, out var share))
            {
                _shares[shareKey] = share = new ProjectShare();
            }

            _lines[key] = line = new DiskLine(this, value, signal, account, share);
            share.Lines.Add(line);
        }

        return line;
    }

    private bool HasRoomLocked(string value, OtlpSignal signal, ProjectAccount account, long bytes, bool hasRoute, bool makeRoom)
    {
        var configuration = Configuration;
        if (!hasRoute)
        {
            var parking = configuration.Parking;
            var known = _parked.Where(line => line.Value == value).Sum(line => line.Bytes);
            if (_parked.Sum(line => line.Bytes) + bytes > parking.MaxBytes
                || known + bytes > parking.MaxBytesPerService
                || (known == 0 && _parked.Select(line => line.Value).Distinct(StringComparer.Ordinal).Count() >= parking.MaxServices))
            {
                return false;
            }
        }

        if (_shares.TryGetValue(ShareKey(value, signal, account), out var share) && share.Bytes > 0 && share.Bytes + bytes > configuration.MaxBytesPerProject)
        {
            var dropsOldest = configuration.Overflow == OverflowPolicy.DropOldest && bytes <= configuration.MaxBytesPerProject;
            if (!dropsOldest || (makeRoom && !DropOldestLocked(share, share.Bytes + bytes - configuration.MaxBytesPerProject)))
            {
                return false;
            }
        }

        return _log.HasRoom(bytes);
    }

    private bool DropOldestLocked(ProjectShare share, long bytes)
    {
        for (long freed = 0; freed < bytes;)
        {
            if (share.Lines.Select(Peek).OfType<StoredRecord>().MinBy(record => record.AcceptedAt) is not { } oldest)
            {
                return false;
            }

            freed += oldest.Length;
            oldest.IsCold = false;
            Drop(oldest, DropReason.Overflow);
        }

        return true;
    }

    // For new data to come, the oldest segment goes; what of it is in memory stays.
    private void DropOldest()
    {
        foreach (var record in _log.Oldest())
        {
            lock (_gate)
            {
                if (!record.IsCold)
                {
                    continue;
                }

                record.IsCold = false;
            }

            Drop(record, DropReason.Overflow);
        }

        _log.Tidy();
    }

    private void CountLocked(StoredRecord record, int sign)
    {
        record.Line.Bytes += sign * record.Length;
        record.Line.Records += sign;
        record.Line.Share.Bytes += sign * record.Length;
        Interlocked.Add(ref _items, sign * record.Items);
        Interlocked.Add(ref _records, sign);
    }

    private void Uncount(StoredRecord record)
    {
        lock (_gate)
        {
            CountLocked(record, -1);
        }

        _admission.Return(StoredRecord.MemoryBytes);
    }
}

/// <summary>What was admitted of one request for one service.</summary>
internal sealed record DiskEntry(StoredRecord Record, ImmutableArray<ReadOnlyMemory<byte>> Payload, int Bytes);
