using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Controllers;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>What people change in Sentry, or wish in a spec, after a route has its project.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ProjectDriftTests(RouteCluster cluster)
{
    [Fact]
    public async Task A_key_that_is_switched_off_is_replaced_with_another_active_one()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["orders"] });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        var before = await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
        var other = world.Sentry.State.Keys.Create(world.Sentry.State.Projects.Find("orders")!.Id, "second");

        world.Sentry.State.Keys.Update(before.Status!.Project!.PublicKey!, static key => key with { IsActive = false });

        await Testing.Eventually.HoldsAsync(
            async () => (await ReadAsync(world, "orders")).Status!.Project!.PublicKey == other.Public, TimeSpan.FromSeconds(30), "the other key", RouteWorld.Cancellation);
    }

    [Fact]
    public async Task Without_an_active_key_a_route_says_so_until_there_is_one()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["orders"] });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        var before = await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");

        world.Sentry.State.Keys.Update(before.Status!.Project!.PublicKey!, static key => key with { IsActive = false });
        await world.WaitAsync("orders", "ProjectReady", false, "NoActiveKey");
        world.Sentry.State.Keys.Update(before.Status.Project.PublicKey!, static key => key with { IsActive = true });

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
    }

    [Fact]
    public async Task A_key_without_an_address_is_refused_by_name_until_the_exporter_has_one()
    {
        var options = new SentryServerOptions { Projects = ["orders"], Modes = new Modes { AddressesInKeys = false } };
        await using var world = await RouteWorld.StartAsync(cluster, options);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");

        var refused = await world.WaitAsync("orders", "ProjectReady", false, "InvalidKey");
        await world.Client.PatchAsync<SentryExporter>(
            RouteWorld.Exporter, world.Namespace, JsonNode.Parse("""{"spec":{"ingest":{"urlOverride":"http://relay.example:3000"}}}""")!.AsObject(), null, RouteWorld.Cancellation);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");

        var message = refused.Status!.Conditions!.First(static condition => condition.Type == "ProjectReady").Message;
        Assert.Contains("the client key \"Default\" of project \"orders\" is not usable", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Team_and_platform_follow_the_spec_for_what_was_created_or_adopted_and_never_for_what_is_referenced()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["adopted", "referenced"], Teams = ["platform", "backend"] });
        await world.CreateExporterAsync(static spec => spec.Projects.Team = "platform");
        await world.CreateRouteAsync("created");
        await world.CreateRouteAsync("adopted", static route => route.Spec.AdoptionPolicy = AdoptionPolicy.Adopt);
        await world.CreateRouteAsync("referenced");
        await world.WaitAsync("created", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("adopted", "ProjectReady", true, "ProjectAdopted");
        await world.WaitAsync("referenced", "ProjectReady", true, "ProjectFound");
        var referenced = world.Sentry.State.Projects.Find("referenced")!;

        await world.Client.PatchAsync<SentryExporter>(
            RouteWorld.Exporter, world.Namespace, JsonNode.Parse("""{"spec":{"projects":{"team":"backend","platform":"python"}}}""")!.AsObject(), null, RouteWorld.Cancellation);

        var team = world.Sentry.State.Teams.Find("backend")!.Id;
        foreach (var slug in new[] { "created", "adopted" })
        {
            await world.WaitForAsync(() => world.Sentry.State.Projects.Find(slug) is { Platform: "python" } project && project.TeamIds.Contains(team), $"{slug} is in line");
        }

        world.Sentry.State.Projects.Update(world.Sentry.State.Projects.Find("adopted")!.Id, static project => project with { Platform = "go" });
        await world.WaitForAsync(() => world.Sentry.State.Projects.Find("adopted")!.Platform == "python", "what a person changed is put right");
        Assert.Equal(referenced, world.Sentry.State.Projects.Find("referenced"));
    }

    [Fact]
    public async Task A_project_deleted_in_Sentry_that_may_not_be_made_anew_is_missed_by_name_and_id()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["orders"] });
        await world.CreateExporterAsync(static spec => spec.AutoCreateProjects = false);
        await world.CreateRouteAsync("orders");
        var before = await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");

        world.Sentry.State.Projects.Delete("orders");
        var missing = await world.WaitAsync("orders", "ProjectReady", false, "ProjectNotFound");
        Assert.Null(missing.Status!.Project);
        world.Sentry.State.Projects.Create("orders", "orders");

        var after = await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
        Assert.NotEqual(before.Status!.Project!.Id, after.Status!.Project!.Id);
    }

    [Fact]
    public async Task That_another_project_takes_the_place_of_a_deleted_one_is_told()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        world.Sentry.State.Projects.Delete("orders");

        await Testing.Eventually.HoldsAsync(
            async () => (await world.EventReasonsAsync("orders"))!.Contains("ProjectReplaced", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "the event", RouteWorld.Cancellation);
    }

    [Fact]
    public async Task Several_routes_share_a_project_that_one_of_them_created()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        string[] names = ["orders", "orders-worker", "orders-cron"];
        foreach (var name in names)
        {
            await world.CreateRouteAsync(name, static route => route.Spec.Project!.Slug = "orders");
        }

        await world.WaitForAsync(() => world.Sentry.State.Projects.All().Length > 0, "a project");
        var routes = new List<SentryProjectRoute>();
        foreach (var name in names)
        {
            await Testing.Eventually.HoldsAsync(
                async () => (await ReadAsync(world, name)).Status?.Conditions.IsConditionTrue("ProjectReady") == true, TimeSpan.FromSeconds(30), name, RouteWorld.Cancellation);
            routes.Add(await ReadAsync(world, name));
        }

        var project = Assert.Single(world.Sentry.State.Projects.All());
        Assert.All(routes, route => Assert.Equal($"{project.Id}", route.Status!.Project!.Id));
        Assert.Single(routes, static route => route.Status!.Project!.Created);
    }

    [Fact]
    public async Task The_next_try_after_a_transient_failure_is_named_and_written_once_per_try()
    {
        await using var world = await RouteWorld.StartAsync(
            cluster, times: new ProjectRouteTimes { Backoff = TimeSpan.FromSeconds(3), MaxBackoff = TimeSpan.FromSeconds(3) });
        world.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/organizations/*/", Count = 4, Answer = new FaultAnswer { Status = 503 } });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");

        var failed = await world.WaitAsync("orders", "ProjectReady", false, "ServerError");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        Assert.Matches(@"; next try at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", failed.Status!.Conditions.FindCondition("ProjectReady")!.Message);

        // The note before the create and its end are two of them; the end comes after the status.
        await world.WaitForAsync(() => StatusWrites() >= 4, "the end of the note");
        Assert.InRange(StatusWrites(), 4, 5);

        int StatusWrites() => world.Writes().Count(static write => write.Resource == "sentryprojectroutes/status");
    }

    [Fact]
    public async Task A_changed_value_has_no_effect_where_the_server_lets_it_through()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.CompileTableAsync();
        await world.ReportAsync("gateway-a", 1);
        await world.WaitAsync("orders", "Ready", true, "Ready");

        await world.PatchRouteAsync("orders", JsonNode.Parse("""{"spec":{"attributeValue":"sales","exporterRef":{"name":"other"}}}""")!.AsObject());
        var refused = await world.WaitAsync("orders", "Accepted", false, "InvalidSpec");
        await world.CompileTableAsync();
        var message = refused.Status!.Conditions.FindCondition("Accepted")!.Message!;
        Assert.Contains("spec.attributeValue: attributeValue is immutable", message, StringComparison.Ordinal);
        Assert.Contains("spec.exporterRef: exporterRef is immutable", message, StringComparison.Ordinal);
        Assert.Equal(("orders", "orders"), (refused.Status.AttributeValue, refused.Status.Project!.Slug));

        await world.PatchRouteAsync("orders", JsonNode.Parse("""{"spec":{"attributeValue":"orders","exporterRef":{"name":"main"}}}""")!.AsObject());
        await world.WaitAsync("orders", "Ready", true, "Ready");
    }

    private static async Task<SentryProjectRoute> ReadAsync(RouteWorld world, string name) =>
        (await world.Client.GetAsync<SentryProjectRoute>(name, world.Namespace, RouteWorld.Cancellation))!;
}
