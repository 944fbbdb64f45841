using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Reloading;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>A configuration that changes while data wait on disk.</summary>
public sealed class DiskReloadTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-reload-queue-");

    [Fact]
    public async Task What_waits_on_disk_is_sent_once_under_the_new_rules()
    {
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml(Queue("max_bytes_per_project: 1MiB")), "orders");
        Fail(rig);
        await rig.SendAsync("orders", "waits");
        await rig.UntilAsync(() => rig.Sentry.State.Requests.All(ServerSide.Ingest).Any(), "an attempt");

        await rig.ReloadAsync(rig.Yaml(Queue("max_bytes_per_project: 2MiB, max_age: 1h, overflow: drop_oldest", "32MiB")));

        // Then the bounds follow, and nothing asks for a restart
        var disk = rig.Host.Exporters[0].Disk!;
        Assert.Equal((32L << 20, 2L << 20, TimeSpan.FromHours(1), OverflowPolicy.DropOldest), Bounds(disk.Configuration));
        Assert.DoesNotContain(rig.Log, line => line.Contains("until the gateway is restarted", StringComparison.Ordinal));
        Assert.Equal(1, disk.Items);
        rig.Sentry.Faults.Clear();
        await rig.UntilReceivedAsync("orders", "waits");
        await rig.UntilAsync(() => disk.IsEmpty, "the disk is empty");
        Assert.Single(rig.Sentry.State.Received.Spans("orders"));
    }

    [Fact]
    public async Task Smaller_disk_refuses_until_what_is_there_is_sent()
    {
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml(Queue("max_bytes_per_project: 64MiB", "64MiB")), "orders");
        Fail(rig);
        var large = Requests.Traces(("orders", [.. Enumerable.Range(0, 20).Select(_ => new string('x', 1 << 20))]));
        using (var taken = await rig.PostAsync(large))
        {
            Assert.Equal(System.Net.HttpStatusCode.OK, taken.StatusCode);
        }

        await rig.ReloadAsync(rig.Yaml(Queue("max_bytes_per_project: 64MiB")));
        using (var refused = await rig.PostAsync(Requests.Spans("orders", 1)))
        {
            Assert.Equal(System.Net.HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        rig.Sentry.Faults.Clear();
        await rig.UntilAsync(() => rig.Host.Exporters[0].Disk!.IsEmpty, "the disk is empty");
        await rig.UntilAsync(() => rig.Host.Exporters[0].Disk!.UsedBytes < 16 << 20, "its room is free");
        await rig.SendAsync("orders", "after");
        await rig.UntilReceivedAsync("orders", "after");
    }

    [Fact]
    public async Task Place_of_the_queue_stays_until_a_restart_and_that_is_said()
    {
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml(Queue("max_age: 2h")), "orders");

        await rig.ReloadAsync(rig.Yaml($"queue: {{storage: disk, directory: '{_folder.FullName}/elsewhere', max_bytes: 16MiB}}"));
        await rig.SendAsync("orders", "here");

        await rig.UntilReceivedAsync("orders", "here");
        Assert.Contains(rig.Log, line => line.Contains("exporters.sentry.queue.directory keeps its value until the gateway is restarted", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "elsewhere")));
    }

    [Fact]
    public async Task Exporter_that_leaves_sends_what_is_on_its_disk()
    {
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml(Queue("max_age: 2h")), "orders", "all");
        Fail(rig);
        await rig.SendAsync("orders", "left behind");

        await rig.ReloadAsync(Without(rig));
        Assert.Equal(2, rig.Host.Exporters.Count);
        rig.Sentry.Faults.Clear();

        await rig.UntilReceivedAsync("orders", "left behind");
        await rig.UntilAsync(() => rig.Host.Exporters.Count == 1, "the old one to leave");
    }

    [Fact]
    public async Task Exporter_that_comes_back_while_it_drains_goes_on_with_its_disk()
    {
        // Given an exporter that was taken out in an outage, with data on its disk
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml(Queue("max_age: 2h")), "orders", "all");
        Fail(rig);
        await rig.SendAsync("orders", "one");
        await rig.ReloadAsync(Without(rig));
        Assert.Equal(2, rig.Host.Exporters.Count);

        // When it comes back before it could send them
        await rig.ReloadAsync(rig.Yaml(Queue("max_age: 2h")));
        await rig.UntilAsync(() => rig.Host.Exporters.Count == 1, "the other one to leave");
        await rig.SendAsync("orders", "two");
        Assert.Equal((2, 2), (Sum(rig, balance => balance.Accepted), Sum(rig, balance => balance.Queued)));

        // Then all of it is sent, and the books say so
        rig.Sentry.Faults.Clear();
        await rig.UntilReceivedAsync("orders", "one");
        await rig.UntilReceivedAsync("orders", "two");
        await rig.UntilAsync(() => Sum(rig, balance => balance.Queued) == 0, "nothing waits any more");
        Assert.Equal((2, 0), (Sum(rig, balance => balance.Sent), Sum(rig, balance => balance.Recovered)));
        await rig.UntilAsync(() => rig.Host.Admission.Reserved == 0, "all memory is given back");
    }

    [Fact]
    public async Task Place_that_can_not_be_used_changes_nothing()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders", "all");
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "no directory", TestContext.Current.CancellationToken);

        rig.Write(rig.Yaml(
            more: $"  sentry/one: {{dsn: '{rig.DsnOf("all")}'}}\n  sentry/two: {{dsn: '{rig.DsnOf("all")}', queue: {{storage: disk, directory: '{file}', max_bytes: 16MiB}}}}",
            exporters: "[sentry/one, sentry/two]"));
        await rig.Reloader.ReloadAsync(TestContext.Current.CancellationToken);
        await rig.SendAsync("orders", "goes on");

        await rig.UntilReceivedAsync("orders", "goes on");
        await rig.UntilAsync(() => rig.Host.Exporters.Count == 1, "the new ones to be gone");
        Assert.Contains(rig.Log, line => line.Contains("of the disk queue can not be made", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static (long, long, TimeSpan, OverflowPolicy) Bounds(QueueConfiguration queue) => (queue.MaxBytes, queue.MaxBytesPerProject, queue.MaxAge, queue.Overflow);

    private static void Fail(ReloadRig rig) =>
        rig.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });

    private static long Sum(ReloadRig rig, Func<AccountBalance, long> value) =>
        rig.Host.Accounts.All.Where(account => account.Exporter == "sentry").Sum(account => value(account.Read()));

    private static string Without(ReloadRig rig) => rig.Yaml(more: "  sentry/one:\n    dsn: " + rig.DsnOf("all"), exporters: "[sentry/one]");

    private string Queue(string more, string maxBytes = "16MiB") =>
        $"retry_on_failure: {{initial_interval: 20ms, max_interval: 100ms}}\n    queue: {{storage: disk, directory: '{_folder.FullName}', max_bytes: {maxBytes}, {more}}}";
}
