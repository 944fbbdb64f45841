using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>Old segments that are rewritten into new ones, and processes that end in the middle of it.</summary>
public sealed class SegmentMoveTests
{
    private const long MaxBytes = 2 * 1024 * 1024;
    private const int PayloadBytes = 30_000;
    private const int Records = 48;

    // One in four stays, so that every segment is nearly empty and more than half of the room is used.
    private static readonly int[] Kept = [.. Enumerable.Range(0, Records).Where(id => id % 4 == 3)];

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Process_that_ends_anywhere_in_a_move_leaves_each_record_once()
    {
        for (var calls = 0; ; calls++)
        {
            using var files = new FaultyFiles(new Random(calls));
            using (var log = Open(files, out var counters))
            {
                await FillAsync(log);
                files.CrashAfter(calls);
                log.Tidy();
                await log.WhenIdleAsync();
                if (files.HasFault && counters.Failures == 0)
                {
                    // It came to its end before: the last round has shown all there is.
                    Assert.True(calls > 10, $"a move of {Kept.Length} records took {calls} calls");
                    Assert.True(counters.RewrittenBytes > PayloadBytes, "nothing was moved");
                    return;
                }
            }

            files.Restart();
            using var next = Open(files, out _);
            Assert.Equal(Kept, Recover(next).Keys.Order());
        }
    }

    [Fact]
    public async Task Copies_that_a_process_left_behind_stay_dead_when_their_source_is_gone()
    {
        for (var calls = 0; calls < 12; calls++)
        {
            using var files = new FaultyFiles(new Random(calls));
            using (var log = Open(files, out _))
            {
                await FillAsync(log);
                files.CrashAfter(calls);
                log.Tidy();
                await log.WhenIdleAsync();
            }

            // Given that the next process finds half of what is left, is done with it, and moves the rest
            files.Restart();
            using (var next = Open(files, out _))
            {
                var found = Recover(next);
                next.Finish(Kept.Take(6).Select(id => found[id]));
                next.Tidy();
                await next.WhenIdleAsync();
            }

            files.Restart();
            using var last = Open(files, out _);
            Assert.Equal(Kept.Skip(6), Recover(last).Keys.Order());
        }
    }

    [Fact]
    public async Task Record_that_is_done_while_it_is_copied_is_done()
    {
        using var files = new FaultyFiles(new Random(1));
        using (var log = Open(files, out var counters))
        {
            var records = await FillAsync(log);
            files.BeforeSync = name => DuringCopy(name, () => log.Finish(Kept.Select(id => records[id])));
            log.Tidy();
            await log.WhenIdleAsync();
            Assert.True(counters.Commits > Records, "nothing was copied");
        }

        files.BeforeSync = null;
        files.Restart();
        using var next = Open(files, out _);
        Assert.Empty(Recover(next));
    }

    [Fact]
    public async Task Begun_record_is_known_as_such_where_it_is_moved_to()
    {
        using var files = new FaultyFiles(new Random(1));
        using (var log = Open(files, out var counters))
        {
            var records = await FillAsync(log);
            log.Begin([records[Kept[2]]]);
            files.BeforeSync = name => DuringCopy(name, () => log.Begin([records[Kept[0]], records[Kept[1]]]));
            log.Tidy();
            await log.WhenIdleAsync();
            Assert.True(counters.RewrittenBytes > 2 * PayloadBytes, "nothing was moved");
        }

        files.BeforeSync = null;
        files.Restart();
        using var next = Open(files, out _);
        var found = Recover(next);
        Assert.Equal(Kept.Take(3), found.Where(pair => pair.Value.IsBegun).Select(pair => pair.Key).Order());
    }

    // Copies are read before the segment that they go to is synced.
    private static void DuringCopy(string file, Action action)
    {
        if (SegmentName.NumberOf(file, SegmentName.Records) is not null)
        {
            action();
        }
    }

    private static async Task<StoredRecord[]> FillAsync(SegmentLog log)
    {
        var line = NewLine();
        var records = new StoredRecord[Records];
        for (var id = 0; id < Records; id++)
        {
            byte[] payload = [(byte)id, .. new byte[PayloadBytes]];
            records[id] = new StoredRecord(line, payload.Length + AppendGroup.HeadBytes("orders", "orders"), 1, id);
            Assert.True(log.TryReserve(records[id].Length));
            var group = new AppendGroup();
            group.Add(records[id], log.NextSequence(), new RecordPayload([payload]));
            Assert.Equal(AppendResult.Committed, await log.AppendAsync(group));
        }

        // Nothing moves as long as nobody asks, and no segment is without a record.
        log.Finish(records.Where((_, id) => !Kept.Contains(id)));
        await log.WhenIdleAsync();
        return records;
    }

    private static Dictionary<int, StoredRecord> Recover(SegmentLog log)
    {
        var found = new List<StoredRecord>();
        var line = NewLine();
        while (log.RecoverNext(Attach))
        {
        }

        // An id twice is an error of its own.
        return found.ToDictionary(record => IdOf(log, record));

        StoredRecord Attach(ScannedRecord scanned, bool isBegun)
        {
            found.Add(new StoredRecord(line, scanned.Header.Length, scanned.Header.Items, scanned.Header.AcceptedAt));
            return found[^1];
        }
    }

    private static int IdOf(SegmentLog log, StoredRecord record)
    {
        var bytes = new byte[record.Length];
        Assert.True(log.TryRead(record, bytes, out var header));
        return bytes[header.Length - header.PayloadLength];
    }

    private static DiskLine NewLine() => new(null!, "orders", OtlpSignal.Traces, new ProjectAccount("sentry", OtlpSignal.Traces, "orders"), new ProjectShare());

    private SegmentLog Open(FaultyFiles files, out DiskCounters counters) =>
        new(files, SegmentLogLimits.For(MaxBytes, sync: true), counters = new DiskCounters(), _time, NullLogger.Instance);
}
