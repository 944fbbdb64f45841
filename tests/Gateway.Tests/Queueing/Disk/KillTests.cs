using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using SentryOtel.Cluster.Processes;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>The built program, killed as a node or the kernel's memory killer would.</summary>
[Trait("Category", "Processes")]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 50;
    private const int Clients = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Fifty_kills_under_load_lose_nothing_that_was_acknowledged()
    {
        var random = new Random(20261122);
        await using var gateway = await DiskProcess.NewAsync(projects: ["orders", "payments"]);
        var acknowledged = new ConcurrentDictionary<string, int>();
        var sent = new ConcurrentDictionary<string, int>();
        for (var round = 0; round < Kills; round++)
        {
            // Some rounds end in an outage, so that there is a backlog to find.
            gateway.Sentry.Faults.Enqueue(new Fault
            {
                Path = "**",
                Side = ServerSide.Ingest,
                Skip = random.Next(4),
                Count = random.Next(1, 20),
                Answer = new FaultAnswer { Status = 503 },
            });
            await gateway.StartAsync();
            using var stop = new CancellationTokenSource();
            var seeds = Enumerable.Range(0, Clients).Select(_ => random.Next()).ToArray();
            var pause = random.Next(5, 150);
            var number = round;
            var clients = seeds.Select(seed => Task.Run(() => LoadAsync(gateway, number, new Random(seed), acknowledged, sent, stop.Token))).ToArray();
            await Eventually.HoldsAsync(
                () => acknowledged.Values.Any(of => of == number), Patience, $"round {number} takes data", TestContext.Current.CancellationToken);
            await Task.Delay(pause, TestContext.Current.CancellationToken);
            await gateway.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(clients);
        }

        gateway.Sentry.Faults.Clear();
        await gateway.StartAsync();
        try
        {
            await Eventually.HoldsAsync(
                () => gateway.Arrived().ToHashSet() is var arrived && acknowledged.Keys.All(arrived.Contains),
                Patience,
                "everything acknowledged has arrived",
                TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            var missing = acknowledged.Keys.Except(gateway.Arrived()).ToArray();
            output.WriteLine($"{missing.Length} of {acknowledged.Count} are missing: {string.Join(", ", missing.Take(20).Select(name => $"{name} of round {acknowledged[name]}"))}");
            output.WriteLine(await gateway.MetricsAsync());
            output.WriteLine(gateway.LogText);
            throw;
        }

        var copies = gateway.Arrived().GroupBy(name => name).Select(group => (group.Key, Count: group.Count())).ToArray();
        var repeated = copies.Where(copy => copy.Count > 1).ToArray();
        output.WriteLine(
            $"{Kills} kills: {acknowledged.Count} spans acknowledged, {sent.Count} sent, {copies.Length} arrived, {repeated.Length} of them more than once, {copies.Sum(copy => copy.Count - 1)} copies too many");

        Assert.DoesNotContain(copies, copy => !sent.ContainsKey(copy.Key));

        // What was on the way at a kill comes again, and nothing else: few batches of few spans each time.
        Assert.True(repeated.Length <= Kills * Clients * 40, $"{repeated.Length} spans arrived more than once");
    }

    [Fact]
    public async Task Damaged_segment_is_set_aside_and_everything_intact_is_sent()
    {
        await using var gateway = await DiskProcess.NewAsync(projects: ["orders"]);
        gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
        await gateway.StartAsync();
        foreach (var name in (string[])["a", "to-be-damaged", "c"])
        {
            Assert.Equal(HttpStatusCode.OK, await gateway.PostAsync(Requests.Traces(("orders", [name]))));
        }

        await gateway.KillAsync();
        var segment = Assert.Single(Directory.GetFiles(gateway.Files, "*.seg"));
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("to-be-damaged"u8)] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        gateway.Sentry.Faults.Clear();
        await gateway.StartAsync();

        await Eventually.HoldsAsync(
            () => gateway.Arrived().Order().SequenceEqual(["a", "c"]), Patience, "what is intact has arrived", TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            () => Directory.GetFiles(gateway.Files, "*.bad").Length == 1, Patience, "the segment is set aside", TestContext.Current.CancellationToken);
        Assert.Contains("is damaged", gateway.LogText, StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_queue_disk_lost_records_total{exporter=\"sentry\"} 1", await gateway.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_volume_refuses_and_loses_nothing_that_was_acknowledged()
    {
        var volume = Directory.CreateTempSubdirectory("gateway-tmpfs-").FullName;
        var mounted = await CommandAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", volume);
        Assert.SkipUnless(mounted, "A volume of one megabyte could not be mounted: that takes root and the right to mount.");
        try
        {
            await using var gateway = await DiskProcess.NewAsync(volume, "orders");
            gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
            await gateway.StartAsync();
            var acknowledged = new List<string>();
            HttpStatusCode? answer;
            for (var i = 0; (answer = await gateway.PostAsync(Requests.Spans("orders", 300, Prefix(i)))) == HttpStatusCode.OK; i++)
            {
                acknowledged.AddRange(Enumerable.Range(0, 300).Select(span => string.Create(CultureInfo.InvariantCulture, $"{Prefix(i)}-{span}")));
                Assert.True(i < 1000, "the volume does not get full");
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, answer);
            await gateway.KillAsync();
            gateway.Sentry.Faults.Clear();
            await gateway.StartAsync();
            await Eventually.HoldsAsync(
                () => gateway.Arrived().ToHashSet().IsSupersetOf(acknowledged), Patience, "everything acknowledged has arrived", TestContext.Current.CancellationToken);

            // What was sent gave its room back.
            await Eventually.HoldsAsync(
                async () => await gateway.PostAsync(Requests.Spans("orders", 300, "after")) == HttpStatusCode.OK, Patience, "data are taken again", TestContext.Current.CancellationToken);
        }
        finally
        {
            Assert.True(await CommandAsync("umount", volume));
            Directory.Delete(volume);
        }

        static string Prefix(int request) => string.Create(CultureInfo.InvariantCulture, $"request-{request}");
    }

    // A client as an SDK is one: the next request after the answer, every span with a name of its own.
    private static async Task LoadAsync(
        DiskProcess gateway, int round, Random random, ConcurrentDictionary<string, int> acknowledged, ConcurrentDictionary<string, int> sent, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            // A service that nobody knows yet waits for its project, on disk too.
            var service = random.Next(3) switch { 0 => "orders", 1 => "payments", _ => string.Create(CultureInfo.InvariantCulture, $"late-{round / 5}") };
            var names = Enumerable.Range(0, random.Next(1, 12)).Select(_ => $"{service} {Guid.NewGuid():N}").ToArray();
            foreach (var name in names)
            {
                sent[name] = round;
            }

            if (await gateway.PostAsync(Requests.Traces((service, names))) is HttpStatusCode.OK)
            {
                foreach (var name in names)
                {
                    acknowledged[name] = round;
                }
            }
        }
    }

    private static async Task<bool> CommandAsync(params string[] command)
    {
        var log = Path.GetTempFileName();
        try
        {
            var program = Array.Find([$"/bin/{command[0]}", $"/usr/bin/{command[0]}"], File.Exists);
            if (program is null)
            {
                return false;
            }

            await using var process = LocalProcess.Start(program, command[1..], log);
            return await process.Exited == 0;
        }
        finally
        {
            File.Delete(log);
        }
    }
}
