using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>What a queue on disk holds, gives up and refuses.</summary>
public sealed class DiskBoundsTests : IDisposable
{
    private readonly DiskWorld _disk = new();

    [Fact]
    public async Task Outage_longer_than_memory_is_held_by_the_disk_and_sent_whole_when_it_ends()
    {
        const int Count = 400;
        using var rig = _disk.NewRig(admissionBytes: DiskWorld.MiB);
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => DiskWorld.Outage;
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(IngestOutcomeKind.Accepted, (await rig.IngestAsync(Requests.Spans("orders", 100, $"request-{i}"))).Kind);
            await rig.Pipeline.WhenIdleAsync();
            Assert.True(rig.Admission.Reserved < DiskWorld.MiB, $"{rig.Admission.Reserved} bytes of memory are held");
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
        using var rig = _disk.NewRig(admissionBytes: DiskWorld.MiB);
        rig.Routes.Activate("stuck");
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (project, _) => project == "stuck" ? DiskWorld.Outage : ScriptedSender.Sent;
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
        using var rig = _disk.NewRig(new QueueConfiguration { Disk = DiskWorld.OnDisk, MaxBytes = 16 * DiskWorld.MiB, MaxBytesPerProject = 3 * request.Length, MaxAge = TimeSpan.FromHours(24) });
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => DiskWorld.Outage;
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
        using var rig = _disk.NewRig(
            new QueueConfiguration { Disk = DiskWorld.OnDisk, MaxBytes = 16 * DiskWorld.MiB, MaxBytesPerProject = 10 * request.Length, MaxAge = TimeSpan.FromHours(24), Overflow = OverflowPolicy.DropOldest },
            admissionBytes: DiskWorld.MiB);
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => DiskWorld.Outage;
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
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => DiskWorld.Outage;
        await rig.IngestAsync(Requests.Spans("orders", 10, "before"));
        _disk.Files.Capacity = 10_000;

        var refused = await rig.IngestAsync(Requests.Spans("orders", 500, "refused"));
        Assert.Equal(IngestOutcomeKind.Full, refused.Kind);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.Equal(10, rig.Balance("orders").Accepted);

        _disk.Files.Capacity = long.MaxValue;
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
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        await rig.IngestAsync(Requests.Spans("orders", 1));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        _disk.Files.CrashAfter(0);

        Assert.Equal(IngestOutcomeKind.Unavailable, (await rig.IngestAsync(Requests.Spans("orders", 5))).Kind);
        Assert.Equal(1, rig.Balance("orders").Accepted);
    }

    public void Dispose() => _disk.Dispose();
}
