using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>An exporter with its queue on a disk that the test holds, so that it can be killed and started again.</summary>
public sealed class DiskQueueTests : IDisposable
{
    private const long MiB = 1024 * 1024;
    private static readonly SendOutcome Outage = new(SendOutcomeKind.Transient, 503, "", TimeSpan.Zero);

    private readonly FaultyFiles _files = new(new Random(5));
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task What_was_acknowledged_and_not_sent_is_sent_by_the_next_process()
    {
        using (var killed = NewRig())
        {
            killed.Sender.Answer = (_, _) => Outage;
            killed.Routes.Activate("orders");
            Assert.Equal(IngestOutcomeKind.Accepted, (await killed.IngestAsync(Requests.Traces(("orders", ["a", "b"])))).Kind);
            await killed.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.NotEmpty(killed.Sender.Attempts);
        }

        _files.Restart();
        using var rig = NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["a", "b"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
        Assert.Equal((0, 2, 2), (rig.Balance("orders").Accepted, rig.Balance("orders").Recovered, rig.Balance("orders").Sent));
        Assert.Equal(1, rig.Pipeline.Disk!.Counters.RecoveredRecords);
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task What_was_sent_is_not_sent_again()
    {
        using (var first = NewRig())
        {
            first.Routes.Activate("orders");
            first.Routes.Activate("billing");
            first.Sender.Answer = (project, _) => project == "billing" ? Outage : ScriptedSender.Sent;
            await first.IngestAsync(Requests.Traces(("orders", ["sent"]), ("billing", ["kept"])));
            await first.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        _files.Restart();
        using var rig = NewRig();
        rig.Routes.Activate("orders");
        rig.Routes.Activate("billing");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["kept"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
    }

    [Fact]
    public async Task Data_of_a_service_without_a_project_survive_as_well()
    {
        using (var killed = NewRig())
        {
            await killed.IngestAsync(Requests.Traces(("unknown", ["x"])));
            await killed.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.Contains("unknown", killed.Routes.Announced);
            Assert.Equal(1, killed.Pipeline.Disk!.Parked.Services);
        }

        _files.Restart();
        _time.Advance(TimeSpan.FromHours(3));
        using var rig = NewRig();
        await rig.AdvanceAsync(TimeSpan.FromSeconds(3));
        Assert.Empty(rig.Sender.Attempts);
        rig.Routes.Activate("unknown");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(["x"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
        Assert.Equal(0, rig.Pipeline.Disk!.Parked.Bytes);
    }

    [Fact]
    public async Task Routes_that_are_not_known_yet_after_a_restart_drop_nothing()
    {
        using (var killed = NewRig())
        {
            killed.Routes.Activate("orders");
            killed.Sender.Answer = (_, _) => Outage;
            await killed.IngestAsync(Requests.Spans("orders", 2));
        }

        _files.Restart();
        using var rig = NewRig();
        rig.Routes.NotReady = "the table was not read yet";
        rig.Routes.Set("orders", RouteAnswer.None(RejectReason.NoProject, "nobody knows"));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(2, rig.Balance("orders").Queued);

        rig.Routes.NotReady = null;
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(2, rig.Balance("orders").Sent);
    }

    [Fact]
    public async Task Age_counts_on_while_nothing_runs()
    {
        using (var killed = NewRig())
        {
            killed.Sender.Answer = (_, _) => Outage;
            killed.Routes.Activate("orders");
            await killed.IngestAsync(Requests.Spans("orders", 3));
        }

        _files.Restart();
        _time.Advance(TimeSpan.FromHours(25));
        using var rig = NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Empty(rig.Sender.Attempts);
        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.Expired));
    }

    [Fact]
    public async Task Outage_longer_than_memory_is_held_by_the_disk_and_sent_whole_when_it_ends()
    {
        const int Count = 400;
        using var rig = NewRig(admissionBytes: MiB);
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => Outage;
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(IngestOutcomeKind.Accepted, (await rig.IngestAsync(Requests.Spans("orders", 100, $"request-{i}"))).Kind);
            await rig.Pipeline.WhenIdleAsync();
            Assert.True(rig.Admission.Reserved < MiB, $"{rig.Admission.Reserved} bytes of memory are held");
        }

        Assert.Equal(Count * 100, rig.Balance("orders").Queued);
        rig.Sender.Answer = (_, _) => ScriptedSender.Sent;
        await rig.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Count * 100, rig.Balance("orders").Sent);
        Assert.Equal(0, rig.Admission.Reserved);
        Assert.True(rig.Pipeline.Disk!.IsEmpty);
    }

    [Fact]
    public async Task Project_that_is_stuck_does_not_keep_another_from_memory()
    {
        using var rig = NewRig(admissionBytes: MiB);
        rig.Routes.Activate("stuck");
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (project, _) => project == "stuck" ? Outage : ScriptedSender.Sent;
        for (var i = 0; i < 200; i++)
        {
            await rig.IngestAsync(Requests.Spans("stuck", 100, $"request-{i}"));
        }

        await rig.IngestAsync(Requests.Spans("orders", 5));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(5, rig.Balance("orders").Sent);
    }

    [Fact]
    public async Task Full_queue_refuses_and_takes_again_when_there_is_room()
    {
        var request = Requests.Spans("orders", 100);
        using var rig = NewRig(new QueueConfiguration { Disk = OnDisk, MaxBytes = 16 * MiB, MaxBytesPerProject = 3 * request.Length, MaxAge = TimeSpan.FromHours(24) });
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => Outage;
        Assert.Equal(IngestOutcomeKind.Accepted, (await rig.IngestAsync(request)).Kind);
        Assert.Equal(IngestOutcomeKind.Accepted, (await rig.IngestAsync(request)).Kind);
        Assert.Equal(IngestOutcomeKind.Full, (await rig.IngestAsync(request)).Kind);

        rig.Sender.Answer = (_, _) => ScriptedSender.Sent;
        await rig.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(IngestOutcomeKind.Accepted, (await rig.IngestAsync(request)).Kind);
    }

    [Fact]
    public async Task Overflow_drop_oldest_gives_up_the_oldest_and_says_so()
    {
        var request = Requests.Spans("orders", 1000);
        using var rig = NewRig(
            new QueueConfiguration { Disk = OnDisk, MaxBytes = 16 * MiB, MaxBytesPerProject = 10 * request.Length, MaxAge = TimeSpan.FromHours(24), Overflow = OverflowPolicy.DropOldest },
            admissionBytes: MiB);
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => Outage;
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(IngestOutcomeKind.Accepted, (await rig.IngestAsync(Requests.Spans("orders", 1000, $"{i:D4}"))).Kind);
        }

        Assert.True(rig.Balance("orders").DroppedFor(DropReason.Overflow) >= 19_000, $"{rig.Balance("orders")}");
        rig.Sender.Answer = (_, _) => ScriptedSender.Sent;
        await rig.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Contains("0029-999", rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
    }

    [Fact]
    public async Task Full_disk_refuses_what_it_can_not_hold_and_loses_nothing_else()
    {
        using var rig = NewRig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => Outage;
        await rig.IngestAsync(Requests.Spans("orders", 10, "before"));
        _files.Capacity = 10_000;

        var refused = await rig.IngestAsync(Requests.Spans("orders", 500, "refused"));
        Assert.Equal(IngestOutcomeKind.Full, refused.Kind);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.Equal(10, rig.Balance("orders").Accepted);

        _files.Capacity = long.MaxValue;
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(IngestOutcomeKind.Accepted, (await rig.IngestAsync(Requests.Spans("orders", 10, "after"))).Kind);
        rig.Sender.Answer = (_, _) => ScriptedSender.Sent;
        await rig.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(20, rig.Balance("orders").Sent);
        Assert.Equal(1, rig.Pipeline.Disk!.Counters.Failures);
    }

    [Fact]
    public async Task Disk_that_fails_makes_the_client_come_back_and_books_nothing()
    {
        using var rig = NewRig();
        rig.Routes.Activate("orders");
        await rig.IngestAsync(Requests.Spans("orders", 1));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        _files.CrashAfter(0);

        Assert.Equal(IngestOutcomeKind.Unavailable, (await rig.IngestAsync(Requests.Spans("orders", 5))).Kind);
        Assert.Equal(1, rig.Balance("orders").Accepted);
    }

    [Fact]
    public async Task Stop_leaves_on_disk_what_could_not_be_sent()
    {
        using (var stopped = NewRig())
        {
            stopped.Routes.Activate("orders");
            stopped.Sender.Answer = (_, _) => Outage;
            await stopped.IngestAsync(Requests.Traces(("orders", ["late"])));
            await stopped.Pipeline.DrainAsync(new CancellationToken(canceled: true));
            Assert.Equal(0, stopped.Balance("orders").TotalDropped);
            Assert.Equal(1, stopped.Balance("orders").Queued);
        }

        using var rig = NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["late"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
    }

    [Fact]
    public async Task Damaged_record_is_counted_and_set_aside_and_the_others_are_sent()
    {
        using (var killed = NewRig())
        {
            killed.Routes.Activate("orders");
            killed.Sender.Answer = (_, _) => Outage;
            foreach (var name in (string[])["a", "damaged", "c"])
            {
                await killed.IngestAsync(Requests.Traces(("orders", [name])));
            }
        }

        _files.Restart();
        var segment = Assert.Single(_files.Names);
        _files.Corrupt(segment, _files.Read(segment).AsSpan().IndexOf("damaged"u8));
        using var rig = NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["a", "c"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
        Assert.Equal((1, 1), (rig.Pipeline.Disk!.Counters.LostRecords, rig.Pipeline.Disk.Counters.LostItems));
        Assert.Contains(_files.Names, name => name.EndsWith(".bad", StringComparison.Ordinal));
    }

    [Fact]
    public void Segment_of_a_version_from_the_future_is_refused_and_left_alone()
    {
        var header = SegmentName.Header(7);
        header[8] = 9;
        BitConverter.GetBytes(Crc32C.Of(header.AsSpan(0, 20))).CopyTo(header, 20);
        _files.Put(SegmentName.Of(7, SegmentName.Records), header);

        var refused = Assert.Throws<DiskQueueException>(() => NewRig());

        Assert.Contains("version 9", refused.Message, StringComparison.Ordinal);
        Assert.Single(_files.Names);
    }

    public void Dispose() => _files.Dispose();

    private static DiskQueueConfiguration OnDisk => new("unused", CreateDirectory: true, Sync: true);

    private Rig NewRig(QueueConfiguration? queue = null, long admissionBytes = 64 * MiB) => new(
        queue ?? new QueueConfiguration { Disk = OnDisk, MaxBytes = 64 * MiB, MaxBytesPerProject = 32 * MiB, MaxAge = TimeSpan.FromHours(24) },
        new RetryConfiguration { RandomizationFactor = 0, MaxElapsedTime = TimeSpan.Zero },
        admissionBytes: admissionBytes,
        files: _files,
        time: _time);
}
