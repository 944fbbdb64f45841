using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Gateway.Tests.Telemetry;
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
    public async Task Fifty_kills_under_load_lose_nothing_that_was_acknowledged_and_repeat_only_what_was_in_flight()
    {
        var random = new Random(20261122);
        await using var gateway = await DiskProcess.NewAsync(projects: ["orders", "payments"]);
        var acknowledged = new ConcurrentDictionary<string, int>();
        var sent = new ConcurrentDictionary<string, int>();
        var mayRepeat = new Dictionary<string, int>(StringComparer.Ordinal);
        var (begun, most) = (0L, 0);
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
            var started = TimeProvider.System.GetUtcNow();
            var found = gateway.Remains();
            await gateway.StartAsync();
            using var stop = new CancellationTokenSource();
            var seeds = Enumerable.Range(0, Clients).Select(_ => random.Next()).ToArray();
            var pause = random.Next(5, 150);
            var number = round;
            var clients = seeds.Select(seed => Task.Run(() => LoadAsync(gateway, number, new Random(seed), acknowledged, sent, stop.Token))).ToArray();

            // Then the gateway has found what was there, and counts what may come twice.
            await Eventually.HoldsAsync(
                async () => await gateway.DiskCounterAsync("recovered_records") == found.Count, Patience, $"round {number} finds {found.Count} records", TestContext.Current.CancellationToken);
            Assert.Equal(found.Where(record => record.IsBegun).Sum(record => record.Spans.Count), await gateway.DiskCounterAsync("repeatable_items"));
            await Eventually.HoldsAsync(
                () => acknowledged.Values.Any(of => of == number), Patience, $"round {number} takes data", TestContext.Current.CancellationToken);
            await Task.Delay(pause, TestContext.Current.CancellationToken);
            await gateway.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(clients);

            // Then nothing has arrived of what no attempt is noted for, and what arrived and is still there is no more than could be in flight.
            var left = gateway.Remains();
            var arrived = gateway.Sentry.State.Received.Spans().ToLookup(span => span.Name, span => span.Arrival);
            Assert.DoesNotContain(left.Where(record => !record.IsBegun).SelectMany(record => record.Spans), arrived.Contains);
            var requests = left.SelectMany(record => record.Spans).SelectMany(span => arrived[span]).Where(arrival => arrival.At >= started).DistinctBy(arrival => arrival.RequestId);
            most = Math.Max(most, requests.GroupBy(arrival => arrival.ProjectSlug).Select(of => of.Count()).DefaultIfEmpty(0).Max());
            Assert.InRange(most, 0, new QueueConfiguration().ConsumersPerProject);
            foreach (var span in left.Where(record => record.IsBegun).SelectMany(record => record.Spans))
            {
                begun++;
                mayRepeat[span] = mayRepeat.GetValueOrDefault(span) + 1;
            }
        }

        gateway.Sentry.Faults.Clear();
        await gateway.StartAsync();
        await ArriveAsync(gateway, acknowledged);

        var copies = gateway.Arrived().GroupBy(name => name).Select(group => (group.Key, Count: group.Count())).ToArray();
        output.WriteLine(
            $"{Kills} kills: {acknowledged.Count} spans acknowledged, {sent.Count} sent, {copies.Length} arrived, {begun} were marked as begun at a kill, {copies.Count(copy => copy.Count > 1)} arrived more than once, "
            + $"{copies.Sum(copy => copy.Count - 1)} copies too many, at most {most} unmarked requests of a project at a kill");
        Assert.DoesNotContain(copies, copy => !sent.ContainsKey(copy.Key));
        Assert.DoesNotContain(copies, copy => copy.Count > 1 + mayRepeat.GetValueOrDefault(copy.Key));
    }

    private async Task ArriveAsync(DiskProcess gateway, ConcurrentDictionary<string, int> acknowledged)
    {
        try
        {
            await Eventually.HoldsAsync(
                () => gateway.Arrived().ToHashSet() is var arrived && acknowledged.Keys.All(arrived.Contains),
                Patience,
                "everything acknowledged has arrived",
                TestContext.Current.CancellationToken);

            // What comes a second time has come as well.
            await Eventually.HoldsAsync(
                async () => Exposition.Parse(await gateway.MetricsAsync()).Sum("sentry_otel_gateway_items_queued") == 0,
                Patience,
                "nothing waits any more",
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
}
