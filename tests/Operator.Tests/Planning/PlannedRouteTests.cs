using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Tests.Routes;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Tests.Planning;

/// <summary>Annotation <c>sentry-otel.dev/plan</c>, seen from routes: what would be done is said, and nothing is done.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class PlannedRouteTests(RouteCluster cluster)
{
    [Fact]
    public async Task A_project_that_would_be_created_is_created_once_the_annotation_is_gone()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.KillOperatorAsync();
        await world.CreateExporterAsync();
        await world.PlanExporterAsync(true);
        world.StartOperator();
        await world.CreateRouteAsync("orders", static route => route.Spec.Project!.Platform = "dotnet");

        var planned = await world.WaitAsync("orders", "Planned", true, "WouldCreate");
        Assert.Equal("would create project \"orders\" in team \"platform\", platform dotnet", planned.Status!.Conditions.FindCondition("Planned")!.Message);
        Assert.Equal("OnlyPlanned", planned.Status.Conditions.FindCondition("Ready")!.Reason);
        Assert.Null(planned.Metadata.Finalizers);
        Assert.Empty(Writes(world));

        await world.PlanExporterAsync(false);
        var created = await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        Assert.Null(created.Status!.Conditions.FindCondition("Planned"));
    }

    [Fact]
    public async Task A_project_that_is_there_would_be_used_or_adopted_and_is_left_as_it_is()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["old", "legacy"] });
        await world.KillOperatorAsync();
        await world.CreateExporterAsync();
        await world.PlanExporterAsync(true);
        world.StartOperator();
        await world.CreateRouteAsync("old");
        await world.CreateRouteAsync("legacy", static route =>
        {
            route.Spec.AdoptionPolicy = AdoptionPolicy.Adopt;
            route.Spec.Project!.Platform = "go";
        });

        await world.WaitAsync("old", "Planned", true, "WouldUse");
        var adopted = await world.WaitAsync("legacy", "Planned", true, "WouldAdopt");

        Assert.Contains("set platform to \"go\"", adopted.Status!.Conditions.FindCondition("Planned")!.Message, StringComparison.Ordinal);
        Assert.Empty(Writes(world));
    }

    [Fact]
    public async Task What_can_not_be_done_is_said_with_its_reason()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.KillOperatorAsync();
        await world.CreateExporterAsync(static spec => spec.AutoCreateProjects = false);
        await world.PlanExporterAsync(true);
        world.StartOperator();
        await world.CreateRouteAsync("orders");

        await world.WaitAsync("orders", "Planned", false, "ProjectNotFound");
    }

    [Fact]
    public async Task A_route_of_its_own_annotation_is_planned_while_its_neighbours_go_on()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", static route => route.Metadata.Annotations = new Dictionary<string, string> { [SentryOtelGroup.PlanAnnotation] = "true" });
        await world.CreateRouteAsync("shipping");

        await world.WaitAsync("shipping", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("orders", "Planned", true, "WouldCreate");
        Assert.Null(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task A_ready_route_stays_ready_while_it_is_planned()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        await world.PlanExporterAsync(true);

        var planned = await world.WaitAsync("orders", "Planned", true, "WouldUse");
        Assert.True(planned.Status!.Conditions.IsConditionTrue("ProjectReady"));
    }

    [Fact]
    public async Task A_deletion_is_held_back_until_the_annotation_is_gone()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", static route => route.Spec.DeletionPolicy = DeletionPolicy.Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.PlanExporterAsync(true);
        await world.WaitAsync("orders", "Planned", true, "WouldUse");

        await world.DeleteRouteAsync("orders");
        var held = await world.WaitAsync("orders", "Planned", true, "WouldDelete");
        Assert.Equal("would delete project \"orders\" in Sentry", held.Status!.Conditions.FindCondition("Planned")!.Message);
        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));

        await world.PlanExporterAsync(false);
        await world.WaitUntilGoneAsync("orders");
        Assert.Null(world.Sentry.State.Projects.Find("orders"));
    }

    private static IEnumerable<string> Writes(RouteWorld world) =>
        world.Sentry.State.Requests.All(ServerSide.Management, "/").Where(static request => request.Method != "GET").Select(static request => $"{request.Method} {request.Path}");
}
