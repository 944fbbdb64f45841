using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Tests.Reloading;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>The Collector's way to write a queue: <c>sending_queue</c> with <c>file_storage</c> and <c>batch</c>.</summary>
public sealed class CollectorQueueTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-storage-");

    [Fact]
    public async Task Storage_extension_keeps_what_waits_over_a_restart()
    {
        // Given an outage and a stop
        await using var rig = await ReloadRig.StartAsync(Yaml, "orders");
        rig.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
        await rig.SendAsync("orders", "waits");
        await rig.UntilAsync(() => rig.Sentry.State.Requests.All(ServerSide.Ingest).Any(), "an attempt");
        await rig.RestartAsync(() => Assert.Single(_folder.GetFiles("*.seg", SearchOption.AllDirectories)));

        // Then the next start sends it
        rig.Sentry.Faults.Clear();
        await rig.UntilReceivedAsync("orders", "waits");
        Assert.Equal(1, rig.Host.Exporters[0].Disk!.Counters.RecoveredRecords);
        Assert.Equal(Path.Combine(_folder.FullName, "made"), rig.Host.Exporters[0].Disk!.Configuration.Disk!.Directory);

        string Yaml(ReloadRig rig) => rig.Yaml("sending_queue: {storage: file_storage/queue}\n    retry_on_failure: {initial_interval: 20ms, max_interval: 100ms}")
            .Replace("extensions: {health_check", $"extensions: {{file_storage/queue: {{directory: '{_folder.FullName}/made', fsync: true}}, health_check", StringComparison.Ordinal)
            .Replace("extensions: [health_check]", "extensions: [health_check, file_storage/queue]", StringComparison.Ordinal)
            .Replace("drain_timeout: 10s", "drain_timeout: 100ms", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("disk")]
    public async Task Batch_of_the_sending_queue_counts_instead_of_the_pipelines(string storage)
    {
        using var disk = new DiskWorld();
        var queue = Read("sending_queue: {batch: {flush_timeout: 1h, min_size: 30, max_size: 50} }");
        using var rig = storage == "disk"
            ? disk.NewRig(queue with { Disk = DiskWorld.OnDisk, MaxBytes = 64 * DiskWorld.MiB }, batch: new BatchConfiguration(TimeSpan.FromMilliseconds(20), 8192, 0))
            : new Rig(queue, batch: new BatchConfiguration(TimeSpan.FromMilliseconds(20), 8192, 0));
        rig.Routes.Activate("orders");

        // When less than min_size is there, it waits
        await rig.IngestAsync(Requests.Spans("orders", 29));
        await rig.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(rig.Sender.Attempts);

        // When that is reached, it goes
        await rig.IngestAsync(Requests.Spans("orders", 1));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([30], Sizes(rig));

        // No batch is above max_size, whatever a request holds
        await rig.IngestAsync(Requests.Spans("orders", 120));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(150, Sizes(rig).Sum());
        Assert.All(Sizes(rig), size => Assert.InRange(size, 1, 50));

        // And flush_timeout ends every wait
        await rig.IngestAsync(Requests.Spans("orders", 2));
        await rig.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(2, Sizes(rig)[^1]);
    }

    [Fact]
    public async Task Batch_in_bytes_is_closed_at_min_size_and_never_above_max_size()
    {
        var queue = Read("sending_queue: {batch: {flush_timeout: 1h, min_size: 10000, max_size: 20000, sizer: bytes} }");
        using var rig = new Rig(queue);
        rig.Routes.Activate("orders");
        var request = Requests.Spans("orders", 50);
        Assert.InRange(request.Length, 1_000, 9_999);

        for (var sent = 0; sent + request.Length < 10_000; sent += request.Length)
        {
            Assert.Empty(rig.Sender.Attempts);
            await rig.IngestAsync(request);
            await rig.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        await rig.IngestAsync(request);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.InRange(Assert.Single(rig.Sender.Attempts).Request.Length, 10_000, 20_000);

        await rig.IngestAsync(Requests.Spans("orders", 1000));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.All(rig.Sender.Attempts, attempt => Assert.InRange(attempt.Request.Length, 1, 20_000));
        Assert.Equal(rig.Balance("orders").Accepted, rig.Balance("orders").Sent);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static int[] Sizes(Rig rig) => [.. rig.Sender.Attempts.Select(attempt => Requests.SpanNames(attempt.Request).Count)];

    private static QueueConfiguration Read(string queue)
    {
        var result = ConfigurationFile.Read(
            $$"""
            receivers: {otlp: {protocols: {http: {} } } }
            exporters: {sentry: {dsn: "https://0123456789abcdef0123456789abcdef@sentry.example/1", {{queue}}, queue: {max_age: 3h} } }
            service: {pipelines: {traces: {receivers: [otlp], exporters: [sentry]} } }
            """,
            _ => null,
            _ => throw new FileNotFoundException(),
            1L << 30);
        Assert.Empty(result.Problems);
        return result.Configuration!.Exporters["sentry"].Queue;
    }
}
