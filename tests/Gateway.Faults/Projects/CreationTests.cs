using SentryOtel.Gateway.Faults.Projects.Support;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Faults.Projects;

/// <summary>Projects that are created for services nobody knew: races, answers that do not come, settings that forbid it, floods of names.</summary>
public sealed class CreationTests
{
    private const string Creates = "/api/0/teams/*/*/projects/";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Project_that_another_actor_creates_between_look_and_create_is_used()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        var held = world.Sentry.Faults.Enqueue(new Fault { Path = Creates, Method = "POST", Hold = FaultPoint.Before });
        var sent = await world.SpansAsync("orders");
        await world.UntilAsync(() => held.Holding == 1, "the create");
        world.State.Projects.Create("orders", "orders").Try(out var theirs, out _);

        held.Release();
        await world.PassAsync(TimeSpan.FromSeconds(10));

        world.Expect(sent, Fate.In(theirs!));
        Assert.Single(world.State.Projects.All());
        Assert.Single(world.Calls("POST"), call => call.Status == 409);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Two_gateways_that_learn_of_a_service_at_once_make_one_project()
    {
        var time = new FakeTimeProvider();
        var settings = new ProjectsSettings();
        await using var first = await ProjectsWorld.BeginAsync(settings, clock: time);
        await using var second = await ProjectsWorld.BesideAsync(first.Sentry, time, settings);
        await first.UntilAsync(() => first.Host.NotReady is null && second.Host.NotReady is null, "readiness");
        for (var i = 0; i < 5; i++)
        {
            await first.SpansAsync($"service-{i}");
            await second.LogsAsync($"service-{i}");
        }

        await first.UntilAsync(
            () => first.State.Received.Spans().Length == 15 && first.State.Received.Logs().Length == 15, "what both sent");

        Assert.Equal(["service-0", "service-1", "service-2", "service-3", "service-4"], first.State.Projects.All().Select(project => project.Slug).Order());
    }

    [Fact]
    public async Task Slug_that_is_taken_out_of_sight_is_refused_after_a_while_and_not_before()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        world.State.Projects.Create("orders", "orders").Try(out var hidden, out _);
        world.State.Projects.Update(hidden!.Id, project => project with { Hidden = true });
        var parked = await world.SpansAsync("orders");
        world.Expect(parked, Fate.DroppedAs("no_project"));
        await world.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(3, world.Books("orders").Queued);
        await world.PassAsync(Minute);

        var refused = await world.SpansAsync("orders");
        world.Expect(refused, Fate.Refused);

        Assert.Contains("taken", refused.Message, StringComparison.Ordinal);
        Assert.InRange(world.Calls("POST").Count, 2, 8);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Project_of_another_actor_that_comes_into_sight_late_gets_everything()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        world.State.Projects.Create("orders", "orders").Try(out var late, out _);
        world.State.Projects.Update(late!.Id, project => project with { Hidden = true });
        world.Expect(await world.SpansAsync("orders"), Fate.In(late));
        await world.PassAsync(TimeSpan.FromSeconds(8));

        world.State.Projects.Update(late.Id, project => project with { Hidden = false });
        await world.PassAsync(TimeSpan.FromSeconds(30));

        await world.FinishAsync();
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 3)]
    [InlineData(2, 2)]
    public async Task Reads_that_lag_behind_the_create_make_no_second_project(int projectLag, int keyLag)
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{refresh_interval: 10s}" }.With(new Modes { ProjectVisibilityLag = projectLag, KeyVisibilityLag = keyLag }));
        var sent = await world.SpansAsync("orders");
        await world.PassAsync(Minute);

        world.Expect(sent, Fate.In(world.Project("orders")));
        world.Expect(await world.LogsAsync("orders"), Fate.In(world.Project("orders")));
        await world.PassAsync(Minute * 2);

        Assert.Single(world.State.Projects.All());
        await world.FinishAsync();
    }

    [Fact]
    public async Task Create_that_was_carried_out_without_an_answer_makes_no_second_project()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        var held = world.Sentry.Faults.Enqueue(new Fault { Path = Creates, Method = "POST", Hold = FaultPoint.After });
        var sent = await world.SpansAsync("orders");
        await world.UntilAsync(() => held.Holding == 1, "the create");

        world.Time.Advance(TimeSpan.FromSeconds(31));
        await world.PassAsync(Minute);

        world.Expect(sent, Fate.In(world.Project("orders")));
        Assert.Single(world.State.Projects.All());
        Assert.Contains("sentry_otel_gateway_services{exporter=\"sentry\",state=\"active\"} 1", await world.PageAsync("/metrics"), StringComparison.Ordinal);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Members_who_may_not_create_projects_make_data_wait_with_the_cure_in_sight()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With(new Modes { MemberProjectCreation = false }));
        var sent = await world.SpansAsync("orders");
        await world.PassAsync(Minute);

        Assert.Equal(3, world.Books("orders").Queued);
        Assert.Contains("does not let members create projects", await world.PageAsync("/routes"), StringComparison.Ordinal);
        Assert.InRange(world.Calls("POST").Count, 2, 6);
        world.State.Modes = world.State.Modes with { MemberProjectCreation = true };
        await world.PassAsync(Minute);

        world.Expect(sent, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Scope_that_is_missing_is_named_and_granting_it_heals()
    {
        var sentry = new SentryServerOptions { Tokens = [new AccessToken(ProjectsWorld.Token, "org:read", "project:read", "team:read")] };
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Sentry = sentry });
        var sent = await world.SpansAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("needs the scope project:write", await world.PageAsync("/routes"), StringComparison.Ordinal);
        Assert.Contains("needs the scope project:write", world.LogText, StringComparison.Ordinal);
        world.State.Tokens.Grant(ProjectsWorld.Token);
        await world.PassAsync(Minute);

        world.Expect(sent, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Team_that_was_deleted_makes_data_wait_until_it_is_there_again()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{team: payments}" });
        var sent = await world.SpansAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("no team \\u0022payments\\u0022", await world.PageAsync("/routes"), StringComparison.Ordinal);
        world.State.Teams.Create("payments");
        await world.PassAsync(Minute);

        world.Expect(sent, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Project_without_an_active_key_makes_data_wait_for_one()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        world.State.Projects.Create("orders", "orders").Try(out var orders, out _);
        var key = Assert.Single(world.State.Keys.OfProject(orders!.Id));
        world.State.Keys.Update(key.Public, before => before with { IsActive = false });
        world.Expect(await world.SpansAsync("orders"), Fate.In(orders));
        await world.PassAsync(Minute);

        Assert.Contains("no active client key", await world.PageAsync("/routes"), StringComparison.Ordinal);
        world.State.Keys.Create(orders.Id, "second");
        await world.PassAsync(Minute * 2);

        await world.FinishAsync();
    }

    [Fact]
    public async Task Platform_that_Sentry_does_not_know_becomes_other()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{platform: cobol}" });
        var sent = await world.SpansAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(5));

        world.Expect(sent, Fate.In(world.Project("orders")));
        Assert.Equal("other", world.Project("orders").Platform);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Slug_too_long_for_an_old_server_is_refused_with_its_words_and_not_asked_for_again_and_again()
    {
        var slug = new string('a', 60);
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With(Modes.OldServer));
        world.Expect(await world.SpansAsync(slug), Fate.DroppedAs("no_project"));
        await world.PassAsync(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 20; i++)
        {
            world.Expect(await world.SpansAsync(slug), Fate.Refused);
        }

        Assert.Single(world.Calls("POST"));
        await world.FinishAsync();
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("12345")]
    [InlineData("OrdersService")]
    [InlineData("../projects")]
    public async Task Value_that_can_be_no_slug_reaches_no_project_and_asks_nobody(string value)
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        var calls = world.Calls().Count;

        world.Expect(await world.SpansAsync(value), Fate.Refused);
        await world.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(calls, world.Calls().Count);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Number_is_never_taken_for_the_id_of_a_project()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Routing = "{slug_policy: normalize}" }.With("payroll"));
        var payroll = world.Project("payroll");

        var sent = await world.SpansAsync($"{payroll.Id}");
        await world.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(0, world.Arrived(payroll));
        world.Expect(sent, Fate.In(Assert.Single(world.State.Projects.All(), project => project.Id != payroll.Id)));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Flood_of_names_is_bounded_in_projects_in_rate_and_in_what_waits_and_all_of_it_shows()
    {
        var settings = new ProjectsSettings
        {
            Projects = "{max_auto_created: 30, max_created_per_minute: 10}",
            Queue = "{parking: {max_services: 50}}",
        };
        await using var world = await ProjectsWorld.StartAsync(settings.With("orders"));
        var flood = new List<Sent>();
        for (var i = 0; i < 120; i++)
        {
            flood.Add(await world.SpansAsync($"flood-{i}", 1));
        }

        world.Expect(await world.SpansAsync("orders"), Fate.In(world.Project("orders")));
        await world.PassAsync(TimeSpan.FromSeconds(30));
        var inFirstHalfMinute = world.State.Projects.All().Length - 1;
        await world.PassAsync(Minute * 4);

        // Ten at once, then one every six seconds, thirty in all.
        Assert.InRange(inFirstHalfMinute, 10, 16);
        Assert.Equal(31, world.State.Projects.All().Length);
        Assert.Equal(3, world.Arrived(world.Project("orders")));
        var metrics = await world.PageAsync("/metrics");
        Assert.Contains("sentry_otel_gateway_projects_created_total{exporter=\"sentry\"} 30", metrics, StringComparison.Ordinal);
        Assert.InRange(flood.Count(sent => sent.IsAccepted), 50, 90);
        Assert.All(flood.Where(sent => !sent.IsAccepted), sent => Assert.Equal(429, sent.Status));
        foreach (var sent in flood)
        {
            var project = world.State.Projects.Find(sent.Service);
            world.Expect(sent, !sent.IsAccepted ? Fate.Refused : project is not null ? Fate.In(project) : Fate.DroppedAs("no_project"));
        }

        Assert.InRange(world.Calls().Count, 30 * 3, 600);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Cap_on_created_projects_holds_across_a_restart()
    {
        var time = new FakeTimeProvider();
        var settings = new ProjectsSettings { Projects = "{max_auto_created: 2}" };
        await using var first = await ProjectsWorld.BeginAsync(settings, clock: time);
        await first.SpansAsync("one");
        await first.SpansAsync("two");
        await first.UntilAsync(() => first.State.Received.Spans().Length == 6, "two projects");

        await using var second = await ProjectsWorld.BesideAsync(first.Sentry, time, settings);
        await second.UntilAsync(() => second.Host.NotReady is null, "readiness");
        await second.SpansAsync("three");
        await second.PassAsync(TimeSpan.FromSeconds(10));
        var refused = await second.SpansAsync("three");

        Assert.Contains("max_auto_created (2) is reached", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, first.State.Projects.All().Length);
    }
}
