using System.Net;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>An outage under load, with both as programs: nothing acknowledged is lost, memory stays within its limit, clients are told when to come back.</summary>
public sealed class OutageTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const long LimitMiB = 256;

    // Mapped code is not measured, since a debug build's is not what ships; what an idle gateway may take has to fit beside the data.
    private const long DataMiB = LimitMiB - 40;

    [Theory]
    [InlineData("answers 503")]
    [InlineData("hangs")]
    public async Task While_Sentry_is_away_clients_are_told_to_come_back_and_what_was_acknowledged_arrives(string outage)
    {
        var settings = new GatewaySettings { Exporter = ["timeout: 1s", "queue: {max_bytes_per_project: 200KiB}"] };
        await using var world = await FaultWorld.WithProgramAsync(sentry, settings, "orders", "payroll");
        var fault = await BeginAsync(world, outage);

        // Four clients, both signals, until each has been told to come back.
        await Task.WhenAll(
            UntilRefusedAsync(world, "orders", OtlpSignal.Traces),
            UntilRefusedAsync(world, "orders", OtlpSignal.Logs),
            UntilRefusedAsync(world, "payroll", OtlpSignal.Logs),
            UntilRefusedByGrpcAsync(world, "payroll"));
        Assert.True((await world.BooksAsync()).IsBalanced);
        Assert.Empty((await world.Sentry.ReceivedAsync([world["orders"], world["payroll"]])).Arrived);

        await world.Sentry.RemoveFaultAsync(fault);

        await world.SettleAsync();
        var (_, reply) = await world.OfferGrpcAsync("payroll", 10);
        Assert.Equal(0, reply.Status);
        await world.SendAsync("orders", OtlpSignal.Logs, 10);
        await world.SettleAsync();
    }

    [Fact]
    public async Task One_project_whose_Sentry_hangs_does_not_hold_up_the_others_nor_their_other_signal()
    {
        // One request with the data of twelve services, the first of which hangs: the others arrive while it still does.
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"svc{i}")];
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings { Exporter = ["timeout: 10m", "sending_queue: {num_consumers: 4}"] }, names);
        var fault = await world.FaultAsync("svc0", new Fault { Path = "**", Count = null, Hold = FaultPoint.Before }, "traces");
        await world.SendAllAsync(names);
        foreach (var name in names)
        {
            await world.LogsAsync(name);
        }

        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_queued") == 1, "everything but the hanging project's span");
        world.Ledger.Expect(world.Ledger.Items.Where(item => item.Project == world["svc0"] && item.Signal == OtlpSignal.Traces), Fate.Queued);
        await world.Ledger.AssertEveryItemAsync();
        Assert.Equal(1, (await world.Sentry.FaultStateAsync(fault)).Holding);

        await world.Sentry.ReleaseAsync(fault);
        world.Ledger.Expect(world.Ledger.Items, Fate.Delivered);
        await world.SettleAsync();
    }

    [Theory]
    [InlineData("answers 503")]
    [InlineData("hangs")]
    public async Task Memory_stays_within_its_limit_however_much_is_offered(string outage)
    {
        var settings = new GatewaySettings { Exporter = ["timeout: 10s", "queue: {max_bytes_per_project: 1GiB}"], MemoryLimiter = $"{{limit_mib: {LimitMiB}}}" };
        await using var world = await FaultWorld.WithProgramAsync(sentry, settings, "orders");
        var fault = await BeginAsync(world, outage);

        // 240 MiB that do not compress to less than half of it, in requests of half a MiB.
        var refused = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 480), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (_, _) =>
        {
            var (items, answer) = await world.OfferLogsAsync("orders", 8, ballast: 512 * 1024);
            using (answer)
            {
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    AssertBackOff(answer);
                    Interlocked.Increment(ref refused);
                }
                else if (outage == "hangs")
                {
                    // What Sentry lets go of just when the gateway has waited long enough arrives, and is sent again.
                    world.Ledger.Expect(items, Fate.DeliveredOnceOrTwice);
                }
            }
        });
        Assert.NotEqual(0, refused);
        var books = await world.BooksAsync();
        Assert.InRange(books.Sum("admission_reserved_bytes"), 1, books.Sum("admission_limit_bytes"));
        Assert.InRange(((GatewayProcess)world.Gateway).PeakMemory >> 20, 1, DataMiB);

        await world.Sentry.RemoveFaultAsync(fault);
        await world.SettleAsync();
        Assert.InRange(((GatewayProcess)world.Gateway).PeakMemory >> 20, 1, DataMiB);
    }

    private static Task<long> BeginAsync(FaultWorld world, string outage) => world.Sentry.FaultAsync(outage == "hangs"
        ? new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Hold = FaultPoint.Before }
        : new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503, Body = """{"detail":"failed to queue envelope"}""" } });

    private static async Task UntilRefusedAsync(FaultWorld world, string project, OtlpSignal signal)
    {
        while (true)
        {
            var (_, answer) = await world.OfferAsync(project, signal, 20, padding: 500);
            using (answer)
            {
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    AssertBackOff(answer);
                    return;
                }
            }
        }
    }

    private static async Task UntilRefusedByGrpcAsync(FaultWorld world, string project)
    {
        while (true)
        {
            var (_, reply) = await world.OfferGrpcAsync(project, 20, padding: 500);
            if (reply.Status != 0)
            {
                Assert.Equal(8, reply.Status);
                Assert.InRange(reply.RetryDelay!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
                return;
            }
        }
    }

    private static void AssertBackOff(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }
}
