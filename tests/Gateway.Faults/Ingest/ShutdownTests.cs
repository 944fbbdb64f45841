using System.Net.Sockets;
using System.Text;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>A stop in the middle of an outage: both signals drain for as long as they may; what can not be sent is counted and named.</summary>
public sealed class ShutdownTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    public static TheoryData<string> Outages => ["failing", "hanging", "refusing connections", "limiting"];

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task SIGTERM_in_an_outage_that_ends_in_time_loses_nothing_of_either_signal(string outage)
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Settings("60s"), "orders", "payroll");
        var fault = await BeginAsync(world, outage, seconds: 2);
        await SendAsync(world);
        var gateway = (GatewayProcess)world.Gateway;
        gateway.Terminate();
        await FaultWorld.UntilAsync(() => Task.FromResult(gateway.LogText.Contains("SIGTERM", StringComparison.Ordinal)), "the signal in the log");

        await EndAsync(world, outage, fault);

        Assert.Equal(0, await gateway.ExitedAsync());
        await world.Ledger.AssertArrivalsAsync();
        Assert.DoesNotContain("dropped at shutdown", gateway.LogText, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task SIGTERM_in_an_outage_that_does_not_end_names_what_was_dropped_and_exits_in_time(string outage)
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Settings("1s"), "orders", "payroll");
        await BeginAsync(world, outage, seconds: 600);
        await SendAsync(world);
        var gateway = (GatewayProcess)world.Gateway;
        gateway.Terminate();

        Assert.Equal(0, await gateway.ExitedAsync());
        world.Ledger.Expect(world.Ledger.Items, Fate.Dropped("shutdown"));
        await world.Ledger.AssertArrivalsAsync();
        foreach (var group in world.Ledger.Items.GroupBy(item => (item.Project.Slug, item.Signal)))
        {
            Assert.Contains($"project {group.Key.Slug}, {group.Key.Signal}: {group.Count()} items dropped at shutdown", gateway.LogText, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task A_stop_in_an_outage_that_does_not_end_is_booked_as_dropped_by_shutdown(string outage)
    {
        await using var world = await FaultWorld.InProcessAsync(sentry, Settings("500ms"), "orders", "payroll");
        await BeginAsync(world, outage, seconds: 600);
        await SendAsync(world);

        await ((LocalGateway)world.Gateway).Host.StopAsync();

        world.Ledger.Expect(world.Ledger.Items, Fate.Dropped("shutdown"));
        await world.SettleAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_finish_its_request_does_not_eat_the_time_of_the_queues()
    {
        // Batches that would wait for company for long: the stop has to send them, whoever else is still there.
        await using var world = await FaultWorld.InProcessAsync(sentry, Settings("3s") with { Batch = "{timeout: 10m}" }, "orders", "payroll");
        await SendAsync(world);
        using var slow = new TcpClient();
        await slow.ConnectAsync(world.Gateway.Http.Host, world.Gateway.Http.Port, TestContext.Current.CancellationToken);
        await slow.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\nhalf"),
            TestContext.Current.CancellationToken);
        var host = ((LocalGateway)world.Gateway).Host;
        await slow.GetStream().FlushAsync(TestContext.Current.CancellationToken);

        await host.StopAsync();

        await world.SettleAsync();
    }

    private static GatewaySettings Settings(string drain) => new() { DrainTimeout = drain, Exporter = ["timeout: 2s"] };

    /// <summary>Both signals of two projects, several batches each.</summary>
    private static async Task SendAsync(FaultWorld world)
    {
        foreach (var project in new[] { "orders", "payroll" })
        {
            for (var i = 0; i < 3; i++)
            {
                await world.SendAsync(project, OtlpSignal.Traces, 20);
                await world.SendAsync(project, OtlpSignal.Logs, 20);
            }
        }
    }

    private static async Task<long> BeginAsync(FaultWorld world, string outage, int seconds)
    {
        switch (outage)
        {
            case "failing":
                await world.Sentry.ModesAsync(new { bufferFull = true });

                // Relay takes the first of a key that it has not asked for yet; its buffer is looked at before in any case.
                return 0;
            case "hanging":
                return await world.Sentry.FaultAsync(new Fault { Path = "**", Side = SentryServer.State.ServerSide.Ingest, Count = null, Hold = FaultPoint.Before });
            case "refusing connections":
                await world.Sentry.IngestPortAsync(open: false);
                return 0;
            default:
                var limits = new Dictionary<string, string> { ["X-Sentry-Rate-Limits"] = $"{seconds}::organization:org_quota" };
                return await world.Sentry.FaultAsync(new Fault { Path = "**", Side = SentryServer.State.ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 429, Headers = limits } });
        }
    }

    private static async Task EndAsync(FaultWorld world, string outage, long fault)
    {
        switch (outage)
        {
            case "failing":
                await world.Sentry.ModesAsync(new { bufferFull = false });
                break;
            case "refusing connections":
                await world.Sentry.IngestPortAsync(open: true);
                break;
            default:
                await world.Sentry.RemoveFaultAsync(fault);
                break;
        }
    }
}
