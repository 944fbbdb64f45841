using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Benchmarks.Queueing;

/// <summary>
/// What the queue on disk costs, in time per record of 50 KB: records that come together share a sync, in one log for all projects; a log for each project would need a sync each. On the disk of the directory
/// for temporary files (TMPDIR).
/// </summary>
[MemoryDiagnoser]
public class SegmentLogBenchmarks
{
    private const int Records = 960;
    private const int PayloadBytes = 50_000;
    private const int MostLogs = 16;
    private const int BatchRecords = 16;

    private readonly byte[] _payload = new byte[PayloadBytes];
    private readonly List<SegmentLog> _logs = [];
    private readonly DiskLine _line = new(null!, "orders", OtlpSignal.Traces, new ProjectAccount("sentry", OtlpSignal.Traces, "orders"), new ProjectShare());
    private readonly List<StoredRecord[]> _stored = [];
    private string _folder = "";

    [GlobalSetup]
    public void Fill() => new Random(1).NextBytes(_payload);

    [IterationSetup(Target = nameof(Append))]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("segment-log-").FullName;
        for (var log = 0; log < MostLogs; log++)
        {
            _logs.Add(new SegmentLog(
                QueueFolder.Open(_folder, $"log-{log}", createRoot: true), SegmentLogLimits.For(1L << 30, sync: true), new DiskCounters(), TimeProvider.System, NullLogger.Instance));
        }

        // The segments are there.
        AppendAsync(MostLogs, MostLogs).GetAwaiter().GetResult();
    }

    [IterationSetup(Target = nameof(BeginAndFinish))]
    public void OpenAndFill()
    {
        Open();
        for (var stored = 0; stored < Records; stored += BatchRecords)
        {
            _stored.Add(AppendAsync(BatchRecords, 1).GetAwaiter().GetResult());
        }
    }

    [IterationCleanup]
    public void Close()
    {
        _logs.ForEach(log => log.Dispose());
        _logs.Clear();
        _stored.Clear();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    [Arguments(1, 1)]
    [Arguments(16, 1)]
    [Arguments(64, 1)]
    [Arguments(16, 4)]
    [Arguments(16, 16)]
    public async Task Append(int together, int logs)
    {
        for (var stored = 0; stored < Records; stored += together)
        {
            await AppendAsync(together, logs);
        }
    }

    /// <summary>What sending adds for a batch of 16 records: the mark that it began, and the one that it is done.</summary>
    [Benchmark(OperationsPerInvoke = Records / BatchRecords)]
    public void BeginAndFinish()
    {
        foreach (var batch in _stored)
        {
            _logs[0].Begin(batch);
            _logs[0].Finish(batch);
        }
    }

    // In rounds over the logs, and then the answer to all.
    private async Task<StoredRecord[]> AppendAsync(int together, int logs)
    {
        var records = new StoredRecord[together];
        var done = new Task<AppendResult>[together];
        for (var i = 0; i < together; i++)
        {
            records[i] = new StoredRecord(_line, PayloadBytes + AppendGroup.HeadBytes("orders", "orders"), 100, 0);
            var log = _logs[i % logs];
            if (!log.TryReserve(records[i].Length))
            {
                throw new InvalidOperationException("The log is full.");
            }

            var group = new AppendGroup();
            group.Add(records[i], log.NextSequence(), new RecordPayload([_payload]));
            done[i] = log.AppendAsync(group);
        }

        var results = await Task.WhenAll(done);
        return results.All(result => result == AppendResult.Committed) ? records : throw new IOException("The disk failed.");
    }
}
