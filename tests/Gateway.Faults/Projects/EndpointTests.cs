using SentryOtel.Gateway.Faults.Projects.Support;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Projects;

/// <summary>Where data go: ports, path prefixes, hosts of their own, old servers, and lists in every form.</summary>
public sealed class EndpointTests
{
    private static readonly SentryServerOptions Plain = new() { Tokens = [new AccessToken(ProjectsWorld.Token)] };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Port_and_path_prefix_of_a_self_hosted_Sentry_are_kept(bool namesAddresses)
    {
        var sentry = Plain with { PathPrefix = "/deep/sentry", Modes = new Modes { OtlpUrlsInKeys = namesAddresses } };
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Sentry = sentry });

        var spans = await world.SpansAsync("orders");
        var logs = await world.LogsAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(5));

        world.Expect(spans, Fate.In(world.Project("orders")));
        world.Expect(logs, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Ingest_host_that_can_not_be_reached_from_here_is_replaced_by_the_one_configured()
    {
        var sentry = Plain with { PublicIngestUrl = new Uri("http://relay.invalid:9999/public"), PathPrefix = "/inside", Projects = ["known"] };
        await using var running = await SentryServerHost.StartAsync(sentry with { TimeProvider = new Testing.FakeTimeProvider() }, TestContext.Current.CancellationToken);
        var settings = new ProjectsSettings { Exporter = [$"ingest: {{url_override: \"{running.IngestUrl}\"}}"] };
        await using var world = await ProjectsWorld.BesideAsync(running, new Testing.FakeTimeProvider(), settings);
        await world.UntilAsync(() => world.Host.NotReady is null, "readiness");

        world.Expect(await world.SpansAsync("known"), Fate.In(world.Project("known")));
        var made = await world.SpansAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(5));

        world.Expect(made, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Old_server_gets_everything()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With(Modes.OldServer).With("known"));

        world.Expect(await world.SpansAsync("known"), Fate.In(world.Project("known")));
        var made = await world.LogsAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(5));

        world.Expect(made, Fate.In(world.Project("orders")));
        Assert.Contains(world.Calls(path: "project-keys"), call => call.Status == 404);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Fields_of_tomorrow_and_nulls_change_nothing()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With(new Modes { UnknownFields = true }).With("known"));

        world.Expect(await world.SpansAsync("known"), Fate.In(world.Project("known")));
        var made = await world.SpansAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(5));

        world.Expect(made, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    [Theory]
    [InlineData(DetailForm.Text)]
    [InlineData(DetailForm.Object)]
    [InlineData(DetailForm.Array)]
    public async Task Errors_in_every_form_are_understood(DetailForm form)
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With(new Modes { DetailForm = form, MemberProjectCreation = false }));
        var sent = await world.SpansAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(20));

        // A 404 that is Sentry's own, then the 403 that names its reason.
        Assert.Contains("does not let members create projects", await world.PageAsync("/routes"), StringComparison.Ordinal);
        world.State.Modes = world.State.Modes with { MemberProjectCreation = true };
        await world.PassAsync(TimeSpan.FromMinutes(1));

        world.Expect(sent, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    [Theory]
    [InlineData(1, false, false, false)]
    [InlineData(10, true, true, false)]
    [InlineData(10, false, true, true)]
    [InlineData(100, true, false, true)]
    public async Task Lists_in_every_form_are_read_to_the_end(int pageSize, bool emptyFirst, bool duplicates, bool oddCursors)
    {
        var paging = new PagingQuirks(pageSize, emptyFirst, duplicates, oddCursors);
        string[] projects = [.. Enumerable.Range(0, 23).Select(i => $"project-{i:D2}")];
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { AutoCreate = false }.With(new Modes { Paging = paging }).With(projects));

        foreach (var project in projects)
        {
            world.Expect(await world.SpansAsync(project, 1), Fate.In(world.Project(project)));
        }

        await world.PassAsync(TimeSpan.FromSeconds(2));

        // All were known from the start: no look-up of one project.
        Assert.Empty(world.Calls(path: "/api/0/projects/"));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Active_key_behind_many_inactive_ones_is_found_and_kept()
    {
        await using var world = await ProjectsWorld.BeginAsync(
            new ProjectsSettings().With(new Modes { OrganizationProjectKeys = false, Paging = new PagingQuirks(PageSize: 10) }).With("orders"),
            sentry =>
            {
                var project = sentry.State.Projects.Find("orders")!;
                for (var i = 0; i < 25; i++)
                {
                    var key = sentry.State.Keys.Create(project.Id, $"old-{i}");
                    sentry.State.Keys.Update(key.Public, before => before with { IsActive = false });
                }

                return Task.CompletedTask;
            });
        await world.UntilAsync(() => world.Host.NotReady is null, "readiness");

        world.Expect(await world.SpansAsync("orders"), Fate.In(world.Project("orders")));
        await world.PassAsync(TimeSpan.FromSeconds(2));

        await world.FinishAsync();
    }
}
