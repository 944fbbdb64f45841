using System.Net.NetworkInformation;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>Pooled connections are perishable.</summary>
public sealed class KeepAliveTests
{
    [Fact]
    public async Task An_idle_connection_that_Sentry_closed_costs_neither_an_item_nor_a_pause()
    {
        await using var sentry = await SentryProcess.StartAsync(["--keep-alive-seconds", "0.5"]);
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        for (var round = 0; round < 2; round++)
        {
            await world.SpansAsync("orders");
            await world.LogsAsync("orders");
            await world.FlushAsync();
            await FaultWorld.UntilAsync(() => Task.FromResult(!IsConnectedTo(sentry.StandIn.IngestUrl.Port)), "Sentry closing the idle connections");
        }

        await world.SpansAsync("orders");
        await world.FlushAsync();

        // No back-off has passed on the gateway's clock: each batch went out with its first attempt.
        await world.SettleAsync();
        Assert.Equal(5, await world.CountAsync("orders", status: 200));
        Assert.DoesNotContain("failed as", world.Gateway.LogText, StringComparison.Ordinal);
    }

    private static bool IsConnectedTo(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Any(connection => connection.RemoteEndPoint.Port == port && connection.State == TcpState.Established);
}
