using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Catalogs;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;
using static SentryOtel.Sentry.Tests.Catalogs.CatalogWorld;

namespace SentryOtel.Sentry.Tests.Catalogs;

/// <summary>How many calls the catalogue saves, and when it makes them.</summary>
public sealed class OrganizationCatalogTests
{
    private const string Project = "GET /api/0/projects/{org}/{project}/";
    private const string Projects = "GET /api/0/organizations/{org}/projects/";
    private const string Keys = "GET /api/0/projects/{org}/{project}/keys/";
    private const string AllKeys = "GET /api/0/organizations/{org}/project-keys/";
    private const string CreateProject = "POST /api/0/teams/{org}/{team}/projects/";
    private const string CreateKey = "POST /api/0/projects/{org}/{project}/keys/";

    private static readonly string[] Many = [.. Enumerable.Range(0, 250).Select(static i => $"service-{i}")];

    [Fact]
    public async Task Many_lookups_cost_one_reading_of_the_lists()
    {
        await using var world = await StartAsync(new SentryServerOptions { Projects = Many });

        await Parallel.ForEachAsync(Many, async (slug, _) => await world.FindAsync(Wish(slug), Now));

        var calls = world.TakeCalls();
        Assert.Equal((3, 3), (calls[Projects], calls[AllKeys]));
        // Those that come before it is clear that lists are cheaper, and what is on its way then.
        Assert.InRange(calls[Project], 0, 8);
        await Parallel.ForEachAsync(Many, async (slug, _) => await world.FindAsync(Wish(slug), Standing));
        Assert.Empty(world.TakeCalls());
    }

    [Fact]
    public async Task Lists_are_read_by_the_client_that_was_given_last()
    {
        await using var world = await StartAsync(new SentryServerOptions { Projects = Many });
        var first = world.Api.NewClient();
        using var catalog = new OrganizationCatalog(first, TimeProvider.System);

        first.Dispose();
        catalog.Use(world.Api.Client);

        Assert.Null(await catalog.ListAsync(ApiFixture.Cancellation));
    }

    [Fact]
    public async Task A_created_project_costs_two_calls_and_is_known_from_then_on()
    {
        await using var world = await StartAsync();

        var made = new System.Collections.Concurrent.ConcurrentBag<ProvisionedProject>();
        await Parallel.ForEachAsync(Many, async (slug, _) => made.Add(await world.FindAsync(Wish(slug) with { Team = "platform" }, Now)));

        var calls = world.TakeCalls();
        Assert.All(made, static project => Assert.True(project.CreatedNow));
        Assert.Equal((Many.Length, Many.Length), (calls[CreateProject], calls[CreateKey]));
        // Those that come before it is clear that lists are cheaper, and what is on its way then.
        Assert.InRange(calls[Project], 0, 8);
        Assert.InRange(calls.Values.Sum() - (2 * Many.Length), 0, 20);
        await Parallel.ForEachAsync(made, async (project, _) => Assert.Equal(project with { CreatedNow = false }, await world.FindAsync(Wish(project.Slug, project), Standing)));
        Assert.Empty(world.TakeCalls());
    }

    [Fact]
    public async Task Without_a_team_named_the_teams_are_listed_once_for_many_creates()
    {
        await using var world = await StartAsync();

        foreach (var slug in Many.Take(10))
        {
            await world.FindAsync(Wish(slug), Now);
        }

        Assert.Equal(1, world.TakeCalls()["GET /api/0/organizations/{org}/teams/"]);
    }

    [Fact]
    public async Task A_few_projects_are_asked_for_one_by_one_and_a_large_organisation_is_not_listed_for_them()
    {
        await using var world = await StartAsync(new SentryServerOptions { Projects = [.. Enumerable.Range(0, 900).Select(static i => $"service-{i}")] });

        foreach (var slug in Many.Take(4))
        {
            await world.FindAsync(Wish(slug), Now);
        }

        Assert.Equal(new Dictionary<string, int> { [Project] = 4, [Keys] = 4 }, world.TakeCalls());
        Assert.Null(await world.Catalog.ListAsync(Api.ApiFixture.Cancellation));
        Assert.False(world.Catalog.PrefersList(9));
        Assert.True(world.Catalog.PrefersList(10));
    }

    [Fact]
    public async Task A_list_is_not_repeated_within_seconds()
    {
        var time = new FakeTimeProvider();
        await using var world = await StartAsync(new SentryServerOptions { Projects = ["orders"] }, time);

        await world.Catalog.ListAsync(Api.ApiFixture.Cancellation);
        await world.Catalog.ListAsync(Api.ApiFixture.Cancellation);
        Assert.Equal(1, world.TakeCalls()[Projects]);
        time.Advance(TimeSpan.FromSeconds(6));
        await world.Catalog.ListAsync(Api.ApiFixture.Cancellation);

        Assert.Equal(1, world.TakeCalls()[Projects]);
    }

    [Fact]
    public async Task A_list_that_failed_is_everybodys_failure_for_seconds_only()
    {
        var time = new FakeTimeProvider();
        await using var world = await StartAsync(new SentryServerOptions { Projects = Many }, time);
        world.Api.Fail(ProjectList, 401, """{"detail":"Invalid token"}""", count: null);

        var results = await Task.WhenAll(Many.Select(slug => world.ProvisionAsync(Wish(slug), Now)));

        Assert.InRange(results.Count(static result => result.Error?.ConditionReason == nameof(SentryErrorReason.Unauthorized)), Many.Length - 4, Many.Length);
        Assert.Equal(1, world.TakeCalls()[Projects]);
        world.Api.Server.Faults.Clear();
        time.Advance(TimeSpan.FromSeconds(6));
        await Task.WhenAll(Many.Select(slug => world.FindAsync(Wish(slug), Now)));
    }

    [Fact]
    public async Task A_token_that_was_refused_is_told_also_of_what_is_known()
    {
        var time = new FakeTimeProvider();
        await using var world = await StartAsync(new SentryServerOptions { Projects = ["orders"] }, time);
        var known = await world.FindAsync(Wish("orders"), Now);
        world.Api.State.Tokens.Revoke(Api.ApiFixture.Token);

        await world.Catalog.ListAsync(Api.ApiFixture.Cancellation);
        var refused = await world.ProvisionAsync(Wish("orders", known), Standing);
        world.Api.State.Tokens.Grant(new AccessToken(Api.ApiFixture.Token));
        time.Advance(TimeSpan.FromSeconds(6));
        await world.Catalog.ListAsync(Api.ApiFixture.Cancellation);

        Assert.Equal(nameof(SentryErrorReason.Unauthorized), refused.Error?.ConditionReason);
        Assert.Equal(known.Id, (await world.FindAsync(Wish("orders", known), Standing)).Id);
    }

    [Fact]
    public async Task A_server_without_a_list_of_all_keys_is_asked_for_it_once_and_for_the_keys_of_each_project_once()
    {
        await using var world = await StartAsync(new SentryServerOptions { Projects = Many, Modes = Modes.OldServer });

        await Parallel.ForEachAsync(Many, async (slug, _) => await world.FindAsync(Wish(slug), Now));
        var calls = world.TakeCalls();
        await Parallel.ForEachAsync(Many, async (slug, _) => await world.FindAsync(Wish(slug), Standing));

        Assert.Equal((1, Many.Length), (calls[AllKeys], calls[Keys]));
        Assert.True(world.Catalog.ListsNoKeys);
        Assert.Empty(world.TakeCalls());
    }

    [Fact]
    public async Task A_token_that_may_not_list_the_organisation_finds_its_projects_one_by_one()
    {
        await using var world = await StartAsync(new SentryServerOptions { Projects = Many });
        world.Api.Fail(ProjectList, 403, """{"detail":"You do not have permission to perform this action."}""", count: null);

        await Parallel.ForEachAsync(Many, async (slug, _) => await world.FindAsync(Wish(slug), Now));
        var calls = world.TakeCalls();

        Assert.Equal((1, Many.Length), (calls[Projects], calls[Project]));
        Assert.False(world.Catalog.PrefersList(1000));
    }
}
