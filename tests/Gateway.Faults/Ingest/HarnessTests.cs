using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>The harness itself, on the way without faults: in this process by both clocks, and as a program.</summary>
public sealed class HarnessTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    [Fact]
    public async Task Every_item_arrives_once_when_nothing_is_wrong_by_a_clock_moved_by_hand()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.SpansAsync("orders", 10);
        await world.LogsAsync("orders", 10);
        await world.SpansAsync("payroll", 10);

        await world.FlushAsync();

        await world.SettleAsync();
    }

    [Fact]
    public async Task Every_item_arrives_once_when_nothing_is_wrong_with_the_program()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings(), "orders");
        await world.SpansAsync("orders", 10);
        await world.LogsAsync("orders", 10);

        await world.SettleAsync();
    }

    [Fact]
    public async Task An_item_that_is_not_where_it_must_be_fails_the_test()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        world.Ledger.Expect(await world.SpansAsync("orders", 1), Fate.Dropped("invalid"));
        await world.FlushAsync();

        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(world.SettleAsync);
    }
}
