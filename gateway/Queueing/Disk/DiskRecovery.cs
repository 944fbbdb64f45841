using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Reads what processes before this one left, while new data are taken, and hands it out as it is read.</summary>
internal sealed class DiskRecovery(
    string exporter, SegmentLog log, DiskLines lines, DiskCounters counters, Func<OtlpSignal, string, ProjectAccount> account, Admission admission, ILogger logger)
{
    private long _items;

    /// <summary>Reads to the end, or until it is told to stop.</summary>
    /// <param name="onRead">Told after each segment.</param>
    /// <param name="cancellationToken">Stops between two segments.</param>
    public void Run(Action onRead, CancellationToken cancellationToken)
    {
        var found = new List<StoredRecord>();
        try
        {
            while (!cancellationToken.IsCancellationRequested && log.RecoverNext((record, isBegun) => Attach(record, isBegun, found)))
            {
                found.ForEach(lines.Leave);
                found.Clear();
                onRead();
            }
        }
        catch (ObjectDisposedException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        Log.Recovered(logger, exporter, counters.RecoveredRecords, _items, counters.LostRecords, counters.RepeatableItems);
    }

    private StoredRecord Attach(ScannedRecord scanned, bool isBegun, List<StoredRecord> found)
    {
        var header = scanned.Header;
        _ = admission.Take(StoredRecord.MemoryBytes);
        var record = lines.Add(
            scanned.Value, header.Signal, account(header.Signal, scanned.Project), line => new StoredRecord(line, header.Length, header.Items, header.AcceptedAt));
        record.Line.Account.Recover(record.Items);
        _items += record.Items;
        counters.Recover(1, isBegun ? record.Items : 0);
        found.Add(record);
        return record;
    }
}
