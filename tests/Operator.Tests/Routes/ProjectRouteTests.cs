using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Projects;
using SentryOtel.SentryServer;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>A route's way to its project, and when it is Ready.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ProjectRouteTests(RouteCluster cluster)
{
    [Fact]
    public async Task A_route_gets_its_project_and_becomes_ready_when_every_gateway_serves_it()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();

        await world.CreateRouteAsync("orders");
        var created = await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("orders", "Ready", false, "Pending");
        await world.CompileTableAsync();
        await world.WaitAsync("orders", "Ready", false, "GatewayNotReporting");
        await world.ReportAsync("gateway-a", 1);
        await world.ReportAsync("gateway-b", 0);
        await world.WaitAsync("orders", "Programmed", false, "Pending");
        await world.ReportAsync("gateway-b", 1);
        var ready = await world.WaitAsync("orders", "Ready", true, "Ready");

        var project = Assert.Single(world.Sentry.State.Projects.All());
        Assert.Equal(($"{project.Id}", "orders", true), (created.Status!.Project!.Id, created.Status.Project.Slug, created.Status.Project.Created));
        Assert.Equal($"{world.Sentry.IngestUrl}api/{project.Id}/integration/otlp/v1/traces", ready.Status!.Project!.Endpoints!.Traces);
        Assert.Contains(world.Sentry.State.Keys.OfProject(project.Id), key => key.Public == ready.Status.Project.PublicKey);
        Assert.Equal(ready.Metadata.Generation, ready.Status.ObservedGeneration);
        Assert.Equal(RouteOrigin.Manual, ready.Status.Origin);
        Assert.Contains(RouteAnnotations.Finalizer, ready.Metadata.Finalizers!);
        Assert.Null(ready.Status.PendingCreate);
        var exporter = Assert.Single(ready.Status.Exporters!);
        Assert.Equal((world.Namespace, "main", true), (exporter.Namespace, exporter.Name, exporter.Conditions.IsConditionTrue("Ready")));
    }

    [Fact]
    public async Task A_gateway_that_died_holds_nobody_up_once_its_lease_has_run_out()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.CompileTableAsync();

        await world.ReportAsync("gateway-a", 1);
        await world.ReportAsync("gateway-dead", 0, validSeconds: 2);

        await world.WaitAsync("orders", "Ready", true, "Ready");
    }

    [Fact]
    public async Task Ready_follows_the_exporter()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.CompileTableAsync();
        await world.ReportAsync("gateway-a", 1);
        await world.WaitAsync("orders", "Ready", true, "Ready");

        await world.SetExporterConditionsAsync(credentials: true, gateway: false);
        await world.WaitAsync("orders", "Ready", false, "GatewayUnavailable");
        await world.SetExporterConditionsAsync(credentials: false, gateway: true);
        var route = await world.WaitAsync("orders", "Ready", false, "Test");

        Assert.True(route.Status!.Conditions.IsConditionTrue("ProjectReady"));
    }

    [Fact]
    public async Task Another_slug_leads_to_another_project()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["sales"] });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        await world.PatchRouteAsync("orders", JsonNode.Parse("""{"spec":{"project":{"slug":"sales"}}}""")!.AsObject());
        var route = await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");

        Assert.Equal(("sales", false), (route.Status!.Project!.Slug, route.Status.Project.Created));
    }

    [Fact]
    public async Task A_project_that_was_there_is_referenced_adopted_or_refused_as_the_route_wishes()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["orders", "sales", "stock"] });
        await world.CreateExporterAsync();

        await world.CreateRouteAsync("orders", route => route.Spec.Project!.Platform = "python");
        await world.CreateRouteAsync("sales", route => (route.Spec.AdoptionPolicy, route.Spec.Project!.Platform) = (AdoptionPolicy.Adopt, "python"));
        await world.CreateRouteAsync("stock", route => route.Spec.AdoptionPolicy = AdoptionPolicy.CreateOnly);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
        await world.WaitAsync("sales", "ProjectReady", true, "ProjectAdopted");
        await world.WaitAsync("stock", "ProjectReady", false, "ProjectExists");
        Assert.Equal([null, "python", null], world.Sentry.State.Projects.All().Select(static project => project.Platform));
    }

    [Fact]
    public async Task A_project_that_may_not_be_created_is_waited_for()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.AutoCreateProjects = false);
        await world.CreateRouteAsync("orders");
        await world.CreateRouteAsync("own", route => route.Spec.AdoptionPolicy = AdoptionPolicy.CreateOnly);

        var waiting = await world.WaitAsync("orders", "ProjectReady", false, "ProjectNotFound");
        Assert.Contains("autoCreateProjects", waiting.Status!.Conditions.FindCondition("ProjectReady")!.Message, StringComparison.Ordinal);
        world.Sentry.State.Projects.Create("orders", "orders");

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
        await world.WaitAsync("own", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task Of_two_routes_for_one_value_the_older_wins_and_the_other_takes_over_when_it_goes()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", name: "a-first");
        await world.CreateRouteAsync("orders", name: "b-second");

        await world.WaitAsync("a-first", "ProjectReady", true, "ProjectCreated");
        var loser = await world.WaitAsync("b-second", "Accepted", false, "Conflict");
        Assert.Contains($"{world.Namespace}/a-first", loser.Status!.Conditions.FindCondition("Accepted")!.Message, StringComparison.Ordinal);
        await world.DeleteRouteAsync("a-first");

        var winner = await world.WaitAsync("b-second", "ProjectReady", true, "ProjectFound");
        Assert.True(winner.Status!.Conditions.IsConditionTrue("Accepted"));
        Assert.Single(world.Sentry.State.Projects.All());
    }

    [Fact]
    public async Task A_route_waits_for_its_exporter()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "Ready", false, "ExporterNotFound");

        await world.CreateExporterAsync();

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task A_route_of_another_namespace_needs_the_exporters_leave()
    {
        await using var world = await RouteWorld.StartAsync(cluster, everywhere: true);
        await world.CreateExporterAsync(spec => spec.AllowedRoutes.Namespaces = new AllowedRouteNamespaces
        {
            From = NamespacesFrom.Selector,
            Selector = new LabelSelector { MatchLabels = new() { ["team"] = "shop-" + world.Namespace } },
        });
        var other = world.Namespace + "-shop";
        await world.CreateNamespaceAsync(other);
        await world.CreateRouteAsync("orders", route =>
        {
            route.Metadata.Namespace = other;
            route.Spec.ExporterRef.Namespace = world.Namespace;
        });
        await world.WaitAsync("orders", "Accepted", false, "NotAllowedByExporter", other);

        await world.Client.PatchAsync<Kubernetes.Entities.V1Namespace>(
            other, null, new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["team"] = "shop-" + world.Namespace } } }, null, RouteWorld.Cancellation);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated", other);
    }

    [Fact]
    public async Task A_suspended_route_is_left_alone_until_it_is_resumed()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", route => route.Spec.Suspend = true);
        await world.WaitAsync("orders", "Ready", false, "Suspended");
        Assert.Empty(world.Sentry.State.Projects.All());

        await world.PatchRouteAsync("orders", JsonNode.Parse("""{"spec":{"suspend":false}}""")!.AsObject());

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task A_suspended_exporter_creates_and_deletes_nothing_in_Sentry()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", route => route.Spec.DeletionPolicy = DeletionPolicy.Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.SuspendExporterAsync(true);

        await world.CreateRouteAsync("sales");
        await world.WaitAsync("sales", "ProjectReady", false, "ExporterSuspended");
        await world.DeleteRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "ExporterSuspended");
        Assert.Equal("orders", Assert.Single(world.Sentry.State.Projects.All()).Slug);
        await world.SuspendExporterAsync(false);

        await world.WaitAsync("sales", "ProjectReady", true, "ProjectCreated");
        await world.WaitUntilGoneAsync("orders");
        Assert.Null(world.Sentry.State.Projects.Find("orders"));
    }
}
