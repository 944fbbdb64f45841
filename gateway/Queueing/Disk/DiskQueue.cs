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
internal sealed class DiskQueue : IDataStore, IDisposable
{
    private readonly string _exporter;
    private readonly Admission _admission;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DiskLines _lines;
    private readonly SegmentLog _log;
    private readonly DiskIntake _intake;
    private readonly DiskFeeder _feeder;
    private readonly DiskRecovery _reading;
    private readonly CancellationTokenSource _stop = new();
    private QueueConfiguration _configuration;
    private Task _recovery = Task.CompletedTask;

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
        (_exporter, _configuration, _admission, _time, _logger) = (exporter, configuration, admission, time, logger);
        OpenedAt = Now;
        _lines = new DiskLines(this, record => Drop(record, DropReason.Overflow));
        _log = new SegmentLog(files, SegmentLogLimits.For(configuration.MaxBytes, configuration.Disk!.Sync), Counters, time, logger);
        _intake = new DiskIntake(this, _lines, _log, way, admission);
        _feeder = new DiskFeeder(this, _lines, _log, way, admission, time, exporter, logger);
        _reading = new DiskRecovery(exporter, _log, _lines, Counters, account, admission, logger);
    }

    public DiskCounters Counters { get; } = new();

    public QueueConfiguration Configuration => Volatile.Read(ref _configuration);

    /// <summary>Unix milliseconds.</summary>
    public long OpenedAt { get; }

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes => _log.UsedBytes;

    /// <summary>Items on disk that are not done.</summary>
    public long Items => _lines.Items;

    public bool IsEmpty => _lines.IsEmpty;

    /// <summary>Services whose project is not there yet, and their bytes.</summary>
    public (int Services, long Bytes) Parked => _lines.Parked;

    /// <summary>Whether nothing is being written or read back at this moment.</summary>
    public bool IsIdle => _recovery.IsCompleted && _feeder.WhenIdleAsync().IsCompleted && _log.WhenIdleAsync().IsCompleted;

    internal long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Begins to read what a process before this one left; new data are taken meanwhile.</summary>
    public void StartRecovery() => _recovery = Task.Run(() => _reading.Run(_feeder.Wake, _stop.Token));

    /// <summary>Whether <see cref="TryAdmit"/> would take so much now.</summary>
    public bool HasRoom(string value, OtlpSignal signal, ProjectAccount account, int bytes, bool hasRoute) => _intake.HasRoom(value, signal, account, bytes, hasRoute);

    /// <summary>Takes room for what one request holds for one service; null when there is none.</summary>
    public DiskEntry? TryAdmit(string value, OtlpSignal signal, ProjectAccount account, RecordPayload payload, int items, int bytes, bool hasRoute) =>
        _intake.TryAdmit(value, signal, account, payload, items, bytes, hasRoute);

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

        _intake.MakeRoom();
        return result;
    }

    public void Begin(IReadOnlyList<IStoredData> data) => _log.Begin(data.Cast<StoredRecord>());

    public void Finish(IReadOnlyList<IStoredData> data) => _log.Finish(data.Cast<StoredRecord>());

    /// <summary>The record was sent or given up.</summary>
    public void Forget(StoredRecord record)
    {
        Uncount(record);
        _log.Forget(record);
        _feeder.Wake();
    }

    /// <summary>Gives up a record that was taken.</summary>
    public void Drop(StoredRecord record, DropReason reason)
    {
        record.Line.Account.Drop(reason, record.Items, record.Length);
        Forget(record);
    }

    /// <summary>Looks at every line again: routes changed.</summary>
    public void Wake() => _feeder.Wake();

    /// <summary>Puts other bounds in force, but for the place.</summary>
    public void Apply(QueueConfiguration configuration)
    {
        configuration = configuration with { Disk = Configuration.Disk };
        Volatile.Write(ref _configuration, configuration);
        _log.Apply(SegmentLogLimits.For(configuration.MaxBytes, configuration.Disk!.Sync));
    }

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
        foreach (var (account, items, records) in _lines.Holdings)
        {
            account.Keep(items);
            _admission.Return(records * StoredRecord.MemoryBytes);
        }

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

    private void Uncount(StoredRecord record)
    {
        _lines.Remove(record);
        _admission.Return(StoredRecord.MemoryBytes);
    }
}
