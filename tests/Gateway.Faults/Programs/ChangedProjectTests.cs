using System.Text.Json.Nodes;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The program, and projects that change in Sentry while it knows them.</summary>
public sealed class ChangedProjectTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    // As often as may be configured.
    private static readonly GatewaySettings Watchful = new() { Exporter = ["auto_create_projects: true", "projects: {team: platform, refresh_interval: 10s}"] };

    [Fact]
    public async Task A_project_that_a_person_deleted_is_not_made_anew_and_its_service_is_told()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Watchful, "orders", "payroll");
        await world.SpansAsync("orders");
        await world.SettleAsync();
        await world.Sentry.ApiAsync(HttpMethod.Delete, PathOf(world["orders"]));

        // Relay would go on to say 2xx: the comparison with Sentry's list finds out.
        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("services", ("state", "gone")) == 1, "the gateway's notice");

        Assert.Contains("deleted in Sentry", await world.TrySpansAsync("orders", 3), StringComparison.Ordinal);
        await world.SpansAsync("payroll");
        await world.SettleAsync();
        Assert.Equal(404, (await world.Sentry.TryApiAsync(HttpMethod.Get, PathOf(world["orders"]))).Status);
    }

    [Fact]
    public async Task A_project_deleted_and_made_anew_under_its_slug_gets_what_waited()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Watchful, "orders");
        await world.SpansAsync("orders");
        await world.SettleAsync();
        await world.Sentry.ModesAsync(new { relayInvalidation = true });
        await world.Sentry.ApiAsync(HttpMethod.Delete, PathOf(world["orders"]));
        var held = await HeldAsync(world);

        await world.Sentry.MakeProjectAsync(world["orders"].Slug);

        world.Ledger.Expect(held, Fate.Delivered);
        await world.SettleAsync();
    }

    [Fact]
    public async Task A_rotated_key_costs_nothing_but_what_Sentry_swallows()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings(), "orders");
        await world.SpansAsync("orders");
        await world.SettleAsync();
        await world.Sentry.ModesAsync(new { relayInvalidation = true });
        await world.Sentry.ApiAsync(HttpMethod.Post, $"{PathOf(world["orders"])}keys/", new { name = "next" });
        await world.Sentry.ApiAsync(HttpMethod.Delete, $"{PathOf(world["orders"])}keys/{world["orders"].PublicKey}/");

        var held = await HeldAsync(world);

        world.Ledger.Expect(held, Fate.Delivered);
        await world.SettleAsync();
        Assert.InRange(await world.CountAsync("orders", status: 403), 0, 2);
    }

    [Fact]
    public async Task A_renamed_project_keeps_its_data()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Watchful, "orders");
        await world.SpansAsync("orders");
        await world.SettleAsync();
        var renamed = StandIn.NewSlug("orders");
        await world.Sentry.ApiAsync(HttpMethod.Put, PathOf(world["orders"]), new { slug = renamed });
        await world.SpansAsync("orders", 4);
        var lists = await ListsAsync(world);
        await FaultWorld.UntilAsync(async () => await ListsAsync(world) > lists, "another comparison with Sentry's list");
        await world.LogsAsync("orders", 4);

        // The same project, by its id: the stand-in lists what it received under the slug of the moment.
        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_queued") == 0, "empty queues");
        var received = JsonNode.Parse(await world.Sentry.ControlAsync(HttpMethod.Get, $"received?project={renamed}"))!["projects"]!.AsArray();
        Assert.Equal(world["orders"].Id, (string)Assert.Single(received)!["id"]!);
        Assert.Equal((4, 4), (received[0]!["spans"]!.AsArray().Count, received[0]!["logs"]!.AsArray().Count));
    }

    private static string PathOf(SentryProject project) => $"projects/{SentryProcess.Organization}/{project.Slug}/";

    // The test's own client has no name.
    private static async Task<int> ListsAsync(FaultWorld world) =>
        (await world.Sentry.ApiCallsAsync("/api/0/organizations/", "GET")).Count(call => call.UserAgent.Length > 0);

    // What comes with a key that Relay has to look up first is answered 2xx and lost; from then on it is refused and waits.
    private static async Task<IReadOnlyList<Item>> HeldAsync(FaultWorld world)
    {
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.LostBySentry("ProjectId"));
        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_queued") == 0, "the answer to what is lost");
        return await world.SpansAsync("orders");
    }
}
