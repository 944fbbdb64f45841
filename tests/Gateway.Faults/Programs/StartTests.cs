using SentryOtel.Gateway.Faults.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The program starts while Sentry's API does not do what it should: it says so, takes data, and heals without a restart.</summary>
public sealed class StartTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    [Theory]
    [InlineData("fails", "Sentry failed")]
    [InlineData("knows no such token", "does not accept the token")]
    [InlineData("hangs", "the token was not checked yet")]
    public async Task Data_taken_before_Sentry_answers_wait_and_arrive(string trouble, string told)
    {
        long fault = 0;
        await using var world = await FaultWorld.WithUnreadyProgramAsync(sentry, new GatewaySettings(), async _ => fault = await BeginAsync(trouble), "orders");
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await FaultWorld.UntilAsync(async () => (await world.PageAsync("routes")).Contains(told, StringComparison.Ordinal), $"\"{told}\" on /routes");
        Assert.NotNull(await world.Gateway.NotReadyAsync());
        var books = await world.BooksAsync();
        Assert.Equal((6, 0), (books.Sum("items_queued"), books.Sum("items_sent_total")));

        await (trouble == "knows no such token" ? sentry.StandIn.GrantAsync() : sentry.StandIn.RemoveFaultAsync(fault));

        await world.ReadyAsync();
        await world.SettleAsync();
    }

    private async Task<long> BeginAsync(string trouble)
    {
        if (trouble == "knows no such token")
        {
            await sentry.StandIn.RevokeAsync();
            return 0;
        }

        var always = new Fault { Path = "/api/0/**", Side = ServerSide.Management, Count = null };
        return await sentry.StandIn.FaultAsync(trouble == "hangs" ? always with { Hold = FaultPoint.Before } : always with { Answer = new FaultAnswer { Status = 503 } });
    }
}
