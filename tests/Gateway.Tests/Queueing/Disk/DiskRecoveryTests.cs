using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>What a process finds of what another left on its disk.</summary>
public sealed class DiskRecoveryTests : IDisposable
{
    private readonly DiskWorld _disk = new();

    [Fact]
    public async Task What_was_acknowledged_and_not_sent_is_sent_by_the_next_process()
    {
        using (var killed = _disk.NewRig())
        {
            killed.Sender.Answer = (_, _) => DiskWorld.Outage;
            killed.Routes.Activate("orders");
            Assert.Equal(IngestOutcomeKind.Accepted, (await killed.IngestAsync(Requests.Traces(("orders", ["a", "b"])))).Kind);
            await killed.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.NotEmpty(killed.Sender.Attempts);
        }

        _disk.Files.Restart();
        using var rig = _disk.NewRig();
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
        using (var first = _disk.NewRig())
        {
            first.Routes.Activate("orders");
            first.Routes.Activate("billing");
            first.Sender.Answer = (project, _) => project == "billing" ? DiskWorld.Outage : ScriptedSender.Sent;
            await first.IngestAsync(Requests.Traces(("orders", ["sent"]), ("billing", ["kept"])));
            await first.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        _disk.Files.Restart();
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        rig.Routes.Activate("billing");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["kept"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
    }

    [Fact]
    public async Task Data_of_a_service_without_a_project_survive_as_well()
    {
        using (var killed = _disk.NewRig())
        {
            await killed.IngestAsync(Requests.Traces(("unknown", ["x"])));
            await killed.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.Contains("unknown", killed.Routes.Announced);
            Assert.Equal(1, killed.Pipeline.Disk!.Parked.Services);
        }

        _disk.Files.Restart();
        _disk.Time.Advance(TimeSpan.FromHours(3));
        using var rig = _disk.NewRig();
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
        using (var killed = _disk.NewRig())
        {
            killed.Routes.Activate("orders");
            killed.Sender.Answer = (_, _) => DiskWorld.Outage;
            await killed.IngestAsync(Requests.Spans("orders", 2));
        }

        _disk.Files.Restart();
        using var rig = _disk.NewRig();
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
        using (var killed = _disk.NewRig())
        {
            killed.Sender.Answer = (_, _) => DiskWorld.Outage;
            killed.Routes.Activate("orders");
            await killed.IngestAsync(Requests.Spans("orders", 3));
        }

        _disk.Files.Restart();
        _disk.Time.Advance(TimeSpan.FromHours(25));
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Empty(rig.Sender.Attempts);
        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.Expired));
    }

    [Fact]
    public async Task Stop_leaves_on_disk_what_could_not_be_sent()
    {
        using (var stopped = _disk.NewRig())
        {
            stopped.Routes.Activate("orders");
            stopped.Sender.Answer = (_, _) => DiskWorld.Outage;
            await stopped.IngestAsync(Requests.Traces(("orders", ["late"])));
            await stopped.Pipeline.DrainAsync(new CancellationToken(canceled: true));
            Assert.Equal(0, stopped.Balance("orders").TotalDropped);
            Assert.Equal(1, stopped.Balance("orders").Queued);
        }

        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["late"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
    }

    [Fact]
    public async Task Damaged_record_is_counted_and_set_aside_and_the_others_are_sent()
    {
        using (var killed = _disk.NewRig())
        {
            killed.Routes.Activate("orders");
            killed.Sender.Answer = (_, _) => DiskWorld.Outage;
            foreach (var name in (string[])["a", "damaged", "c"])
            {
                await killed.IngestAsync(Requests.Traces(("orders", [name])));
            }
        }

        _disk.Files.Restart();
        var segment = Assert.Single(_disk.Files.Names);
        _disk.Files.Corrupt(segment, _disk.Files.Read(segment).AsSpan().IndexOf("damaged"u8));
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["a", "c"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
        Assert.Equal((1, 1), (rig.Pipeline.Disk!.Counters.LostRecords, rig.Pipeline.Disk.Counters.LostItems));
        Assert.Contains(_disk.Files.Names, name => name.EndsWith(".bad", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Record_that_the_disk_gives_back_otherwise_is_dropped_as_corrupt_and_the_next_is_sent()
    {
        using var rig = _disk.NewRig();
        await rig.IngestAsync(Requests.Traces(("orders", ["damaged"])));
        await rig.IngestAsync(Requests.Traces(("orders", ["intact"])));
        var segment = Assert.Single(_disk.Files.Names);
        _disk.Files.Corrupt(segment, _disk.Files.Read(segment).AsSpan().IndexOf("damaged"u8));

        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["intact"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
        Assert.Equal(1, rig.Balance("orders").DroppedFor(DropReason.Corrupt));
    }

    [Fact]
    public void Segment_of_a_version_from_the_future_is_refused_and_left_alone()
    {
        var header = SegmentName.Header(7);
        header[8] = 9;
        BitConverter.GetBytes(Crc32C.Of(header.AsSpan(0, 20))).CopyTo(header, 20);
        _disk.Files.Put(SegmentName.Of(7, SegmentName.Records), header);

        var refused = Assert.Throws<DiskQueueException>(() => _disk.NewRig());

        Assert.Contains("version 9", refused.Message, StringComparison.Ordinal);
        Assert.Single(_disk.Files.Names);
    }

    public void Dispose() => _disk.Dispose();
}
