using SentryOtel.Gateway.Faults.Projects.Support;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Gateway.Faults.Projects;

/// <summary>Projects and keys that change under a gateway that knows them.</summary>
public sealed class DeletedProjectTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Project_that_a_person_deleted_is_not_made_anew_and_what_waits_for_it_is_dropped_by_age_and_counted()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Queue = "{max_age: 10m}" }.With("orders", "payroll"));
        var orders = world.Project("orders");
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        await world.UntilAsync(() => world.Arrived(orders) == 3, "the first spans");
        world.State.Projects.Delete("orders");
        world.State.Relay.Clear();

        // Relay says 2xx while it has not looked, and 403 from then on.
        world.Expect(await world.SpansAsync("orders"), Fate.Lost);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var held = await world.SpansAsync("orders");
        world.Expect(held, Fate.DroppedAs("project_rejected"));
        await world.PassAsync(Minute * 2);
        var calls = (Api: world.Calls().Count, Ingest: world.IngestCalls(orders).Count);
        var refused = await world.SpansAsync("orders");
        world.Expect(refused, Fate.Refused);
        world.Expect(await world.SpansAsync("payroll"), Fate.In(world.Project("payroll")));
        await world.PassAsync(Minute * 9);

        Assert.True(held.IsAccepted);
        Assert.Contains("deleted in Sentry", refused.Message, StringComparison.Ordinal);
        Assert.Null(world.State.Projects.Find("orders"));
        Assert.DoesNotContain(world.Calls(), call => call.Method == "POST");

        // Two to five calls a minute: one look-up of a project that is gone, and the list every five minutes.
        Assert.InRange(world.Calls().Count - calls.Api, 5, 9 * 5);
        Assert.Equal(calls.Ingest, world.IngestCalls(orders).Count);
        Assert.Contains("state=\"gone\"} 1", await world.PageAsync("/metrics"), StringComparison.Ordinal);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Deletion_that_2xx_answers_hide_is_noticed_in_the_list_and_nothing_more_is_lost()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{refresh_interval: 2m}" }.With("orders"));
        var orders = world.Project("orders");
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        await world.UntilAsync(() => world.Arrived(orders) == 3, "the first spans");
        await world.PassAsync(TimeSpan.FromSeconds(70));
        world.State.Projects.Delete("orders");
        await world.PassAsync(Minute);

        var refused = await world.SpansAsync("orders");

        // Relay would still say 2xx.
        Assert.Single(world.IngestCalls(orders));
        Assert.False(refused.IsAccepted);
        world.Expect(refused, Fate.Refused);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Project_deleted_and_made_anew_under_the_same_slug_gets_what_waited()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { AutoCreate = false }.With("orders"));
        var before = world.Project("orders");
        world.Expect(await world.SpansAsync("orders"), Fate.In(before));
        await world.UntilAsync(() => world.Arrived(before) == 3, "the first spans");
        world.State.Projects.Delete("orders");
        world.State.Relay.Clear();
        world.Expect(await world.SpansAsync("orders"), Fate.Lost);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var held = new List<Sent>();
        for (var i = 0; i < 5; i++)
        {
            held.Add(await world.SpansAsync("orders", 4));
            await world.PassAsync(TimeSpan.FromSeconds(5));
        }

        world.State.Projects.Create("orders", "orders").Try(out var after, out _);
        held.ForEach(sent => world.Expect(sent, Fate.In(after!)));
        await world.PassAsync(Minute * 3);

        Assert.InRange(world.IngestCalls(before).Count, 3, 6);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Deleted_project_is_made_anew_where_that_is_configured_and_gets_what_waited()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{recreate_deleted: true}" }.With("orders"));
        var before = world.Project("orders");
        world.Expect(await world.SpansAsync("orders"), Fate.In(before));
        await world.UntilAsync(() => world.Arrived(before) == 3, "the first spans");
        world.State.Projects.Delete("orders");
        world.State.Relay.Clear();
        world.Expect(await world.SpansAsync("orders"), Fate.Lost);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var held = await world.SpansAsync("orders");

        await world.PassAsync(Minute * 3);

        world.Expect(held, Fate.In(world.Project("orders")));
        Assert.Single(world.Calls("POST", "/projects/"), call => call.Path.Contains("/teams/", StringComparison.Ordinal));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Rotated_key_is_found_within_two_minutes_and_nothing_is_lost()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With("orders"));
        var orders = world.Project("orders");
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        await world.UntilAsync(() => world.Arrived(orders) == 3, "the first spans");
        var old = Assert.Single(world.State.Keys.OfProject(orders.Id));
        world.State.Keys.Create(orders.Id, "second");
        world.State.Keys.Update(old.Public, key => key with { IsActive = false });
        world.State.Modes = world.State.Modes with { RelayInvalidation = true };
        world.State.Relay.Clear();
        world.Expect(await world.SpansAsync("orders"), Fate.Lost);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var calls = world.Calls().Count;

        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        world.Expect(await world.LogsAsync("orders"), Fate.In(orders));
        await world.PassAsync(Minute * 2);

        // Read the project, read its keys; with both signals refused that is not done twice.
        Assert.InRange(world.Calls().Count - calls, 2, 4);
        Assert.InRange(world.IngestCalls(orders).Count(call => call.Status == 403), 1, 4);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Key_that_is_switched_off_and_on_again_costs_waiting_and_little_else()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Queue = "{max_age: 30m}", Projects = "{refresh_interval: 1h}" }.With("orders"));
        var orders = world.Project("orders");
        var key = Assert.Single(world.State.Keys.OfProject(orders.Id));
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        await world.UntilAsync(() => world.Arrived(orders) == 3, "the first spans");
        world.State.Keys.Update(key.Public, before => before with { IsActive = false });
        world.State.Relay.Clear();
        world.Expect(await world.SpansAsync("orders"), Fate.Lost);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var (api, ingest) = (world.Calls().Count, world.IngestCalls(orders).Count);

        for (var i = 0; i < 10; i++)
        {
            world.Expect(await world.SpansAsync("orders", 5), Fate.In(orders));
            world.Expect(await world.LogsAsync("orders", 5), Fate.In(orders));
            await world.PassAsync(Minute);
        }

        // Ten minutes: Sentry's ingest is left alone, its API is asked twice a minute (the project, its keys).
        Assert.InRange(world.IngestCalls(orders).Count - ingest, 1, 2);
        Assert.InRange(world.Calls().Count - api, 16, 24);
        world.State.Keys.Update(key.Public, before => before with { IsActive = true });
        await world.PassAsync(Minute * 3);
        Assert.Equal(103, world.Arrived(orders));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Renamed_project_keeps_its_data_and_a_new_project_of_the_old_name_gets_what_comes_then()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{refresh_interval: 2m}" }.With("orders"));
        var orders = world.Project("orders");
        world.State.Projects.Update(orders.Id, project => project with { Slug = "orders-v2" });
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        await world.PassAsync(Minute * 3);
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        world.Expect(await world.SpansAsync("orders-v2"), Fate.In(orders));
        await world.PassAsync(Minute);

        world.State.Projects.Create("orders", "orders").Try(out var second, out _);
        await world.PassAsync(Minute * 3);
        world.Expect(await world.SpansAsync("orders"), Fate.In(second!));
        world.Expect(await world.SpansAsync("orders-v2"), Fate.In(orders));
        await world.PassAsync(Minute);

        Assert.DoesNotContain(world.Calls(), call => call.Method == "POST");
        await world.FinishAsync();
    }

    [Fact]
    public async Task Project_moved_to_another_team_changes_nothing()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{refresh_interval: 1m}" }.With("orders"));
        var orders = world.Project("orders");
        world.State.Teams.Create("other").Try(out var team, out _);
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        world.State.Projects.Update(orders.Id, project => project with { TeamIds = [team!.Id] });
        await world.PassAsync(Minute * 2);

        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        await world.PassAsync(Minute);

        Assert.DoesNotContain(world.Calls(), call => call.Method is "POST" or "PUT");
        Assert.Equal(0, world.Books("orders").DroppedFor(DropReason.ProjectRejected));
        await world.FinishAsync();
    }
}
