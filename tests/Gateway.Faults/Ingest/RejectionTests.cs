using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>403 <c>ProjectId</c> in its forms: what can be known is held until the project is right again, what Sentry swallows is counted by it alone.</summary>
public sealed class RejectionTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private static readonly TimeSpan RelayCache = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan RelayMiss = TimeSpan.FromSeconds(60);
    private static readonly GatewaySettings Settings = new() { Exporter = ["queue: {max_age: 4m}", "projects: {refresh_interval: 24h}"] };

    [Fact]
    public async Task A_deleted_project_swallows_data_for_a_while_then_refuses_and_its_data_are_held_and_dropped_by_name()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, Settings, "orders", "payroll");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.Sentry.ApiAsync(HttpMethod.Delete, $"projects/{SentryProcess.Organization}/{world["orders"].Slug}/");

        // Relay goes on with what it knew, so the answer is a success: no sender can tell.
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.LostBySentry("ProjectId"));
        await world.FlushAsync();
        Assert.Equal(2, await world.CountAsync("orders", status: 200));
        await world.Sentry.AdvanceAsync(RelayCache);
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.LostBySentry("ProjectId"));
        await world.FlushAsync();

        // From now on Relay knows. One question, then the data wait for the project.
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.Queued);
        await world.SpansAsync("payroll");
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 403));
        await world.SettleAsync();

        // It does not come back: dropped when too old, and asked no more than once a minute meanwhile.
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));
        world.Ledger.Expect(world.Ledger.Items.Where(item => item.Fate == Fate.Queued), Fate.Dropped("project_rejected"));
        await world.SettleAsync();
        Assert.InRange(await world.CountAsync("orders", status: 403), 1, 5);
        Assert.Contains(world["orders"].Slug, world.Gateway.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_switched_off_and_on_again_holds_its_data_until_Sentry_takes_them()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, Settings, "orders", "payroll");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await SwitchKeyAsync(world, isActive: false);
        await world.Sentry.AdvanceAsync(RelayCache);
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.LostBySentry("ProjectId"));
        await world.FlushAsync();
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.SpansAsync("payroll");
        await world.FlushAsync();
        var refused = await world.CountAsync("orders", status: 403);
        Assert.InRange(refused, 1, 2);

        await SwitchKeyAsync(world, isActive: true);
        await world.AdvanceBothAsync(RelayMiss + TimeSpan.FromSeconds(1));

        await world.SettleInTimeAsync();
        Assert.Equal(refused, await world.CountAsync("orders", status: 403));
    }

    [Fact]
    public async Task A_project_that_was_asked_for_before_it_was_there_is_refused_for_a_minute_and_loses_nothing()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, Settings, "orders");

        // Somebody else's probe: Relay remembers that the key was no good.
        await SwitchKeyAsync(world, isActive: false);
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.LostBySentry("ProjectId"));
        await world.FlushAsync();
        await SwitchKeyAsync(world, isActive: true);
        await world.SpansAsync("orders");
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 403));

        await world.AdvanceBothAsync(RelayMiss - TimeSpan.FromSeconds(1));
        Assert.Equal(1, await world.CountAsync("orders", status: 403));
        await world.AdvanceBothAsync(TimeSpan.FromSeconds(2));

        await world.SettleInTimeAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 403));
    }

    [Fact]
    public async Task A_DSN_with_a_wrong_project_id_never_reaches_another_project_and_its_data_are_dropped_by_name()
    {
        await using var world = await FaultWorld.WithDsnAsync(sentry, "agency", project => project.PublicKey, project => $"{project.Id}1", "orders");

        // The first request finds Relay without the key's settings: it answers with success, and finds out later.
        world.Ledger.Expect(await world.SpansAsync("agency"), Fate.LostBySentry("ProjectId"));
        await world.FlushAsync();
        world.Ledger.Expect(await world.SpansAsync("agency"), Fate.Dropped("project_rejected"));
        await world.SpansAsync("orders");
        await world.FlushAsync();
        Assert.InRange(await RefusedAsync(world), 1, 1);

        await world.AdvanceBothAsync(TimeSpan.FromMinutes(3));

        await world.SettleAsync();
        Assert.InRange(await RefusedAsync(world), 1, 3);

        static async Task<int> RefusedAsync(FaultWorld world) =>
            (await world.Sentry.RequestsAsync(world["agency"] with { Id = $"{world["agency"].Id}1" })).Count(request => request.Status == 403);
    }

    [Fact]
    public async Task A_DSN_with_a_nonsense_key_gets_one_success_and_is_refused_from_then_on()
    {
        await using var world = await FaultWorld.WithDsnAsync(sentry, "agency", _ => Guid.NewGuid().ToString("N"), project => project.Id, "orders");
        world.Ledger.Expect(await world.SpansAsync("agency"), Fate.LostBySentry("ProjectId"));
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("agency", status: 200));

        world.Ledger.Expect(await world.SpansAsync("agency"), Fate.Dropped("project_rejected"));
        await world.SpansAsync("orders");
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("agency", status: 403));
        await world.AdvanceAsync(TimeSpan.FromMinutes(3));

        await world.SettleAsync();
        Assert.Equal(1, await world.CountAsync("agency", status: 200));
        Assert.InRange(await world.CountAsync("agency", status: 403), 1, 3);
    }

    [Theory]
    [InlineData("ProjectState")]
    [InlineData("ProjectId")]
    [InlineData("SomethingNew")]
    public async Task Any_refusal_of_the_project_has_it_looked_up_once_and_its_data_wait(string reason)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, Settings, "orders", "payroll");
        await world.AnswerAsync("orders", 403, body: $$"""{"detail":"event submission rejected with_reason: {{reason}}","causes":[]}""");
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        await world.SpansAsync("orders");
        await world.SpansAsync("payroll");
        await world.FlushAsync();
        Assert.Equal(0, await world.CountAsync("orders", status: 200));
        Assert.Equal(1, await world.CountAsync("payroll", status: 200));

        await world.AdvanceAsync(TimeSpan.FromSeconds(61));

        await world.SettleInTimeAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 403));
        Assert.Equal(1, await world.CountAsync("orders", status: 200));
    }

    private static Task<string> SwitchKeyAsync(FaultWorld world, bool isActive) => world.Sentry.ApiAsync(
        HttpMethod.Put, $"projects/{SentryProcess.Organization}/{world["orders"].Slug}/keys/{world["orders"].PublicKey}/", new { isActive });
}
