using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Projects;
using SentryOtel.SentryServer;

namespace SentryOtel.Operator.Tests.Routes;

[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ProjectRouteDeletionTests(RouteCluster cluster)
{
    [Fact]
    public async Task A_project_stays_unless_it_is_to_go_and_was_made_by_the_route()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["old"] });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("kept");
        await world.CreateRouteAsync("gone", Delete);
        await world.CreateRouteAsync("old", Delete);
        await world.WaitAsync("kept", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("gone", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("old", "ProjectReady", true, "ProjectFound");

        foreach (var name in new[] { "kept", "gone", "old" })
        {
            await world.DeleteRouteAsync(name);
            await world.WaitUntilGoneAsync(name);
        }

        Assert.NotNull(world.Sentry.State.Projects.Find("kept"));
        Assert.Null(world.Sentry.State.Projects.Find("gone"));
        Assert.NotNull(world.Sentry.State.Projects.Find("old"));
    }

    [Fact]
    public async Task A_project_that_somebody_remade_under_the_same_slug_is_not_deleted()
    {
        await using var world = await RouteWorld.StartAsync(cluster, times: new ProjectRouteTimes());
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        world.Sentry.State.Projects.Delete("orders");
        world.Sentry.State.Projects.Create("orders", "orders");

        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");

        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task A_project_that_another_route_sends_to_is_not_deleted()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.CreateRouteAsync("orders-worker", route => route.Spec.Project!.Slug = "orders");
        await world.WaitAsync("orders-worker", "ProjectReady", true, "ProjectFound");

        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");

        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task A_project_that_another_exporter_of_the_organisation_sends_to_is_not_deleted()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateExporterAsync(static spec => (spec.Routing.OnMissingAttribute, spec.Routing.FallbackProject) = (MissingAttributePolicy.Fallback, "rest"), "other");
        foreach (var name in new[] { "orders", "rest", "alone" })
        {
            await world.CreateRouteAsync(name, Delete);
            await world.WaitAsync(name, "ProjectReady", true, "ProjectCreated");
        }

        await world.CreateRouteAsync("worker", static route => (route.Spec.ExporterRef.Name, route.Spec.Project!.Slug) = ("other", "orders"));
        await world.WaitAsync("worker", "ProjectReady", true, "ProjectFound");
        foreach (var name in new[] { "orders", "rest", "alone" })
        {
            await world.DeleteRouteAsync(name);
            await world.WaitUntilGoneAsync(name);
        }

        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
        Assert.NotNull(world.Sentry.State.Projects.Find("rest"));
        Assert.Null(world.Sentry.State.Projects.Find("alone"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_people_can_write_on_a_route_gives_it_nobodys_project(bool later)
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["victim"] });
        var victim = world.Sentry.State.Projects.Find("victim")!;
        var forged = $"victim@{victim.DateCreated:O}";
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("victim", route =>
        {
            Delete(route);
            route.Metadata.Annotations = later ? null : new Dictionary<string, string> { ["sentry-otel.dev/create-pending"] = forged };

            // The server drops it: a status is written by its subresource alone.
            route.Status = new SentryProjectRouteStatus
            {
                PendingCreate = new RoutePendingCreate { Slug = "victim", Time = victim.DateCreated },
                Project = new RouteProjectStatus { Id = $"{victim.Id}", Slug = "victim", Created = true },
            };
        });
        if (later)
        {
            await world.WaitAsync("victim", "ProjectReady", true, "ProjectFound");
            await world.PatchRouteAsync("victim", new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["sentry-otel.dev/create-pending"] = forged }, ["finalizers"] = new JsonArray(RouteAnnotations.Finalizer) },
                ["status"] = new JsonObject { ["pendingCreate"] = new JsonObject { ["slug"] = "victim", ["time"] = "2026-01-01T00:00:00Z" } },
            });
        }

        var route = await world.WaitAsync("victim", "ProjectReady", true, "ProjectFound");
        await world.DeleteRouteAsync("victim");
        await world.WaitUntilGoneAsync("victim");

        Assert.False(route.Status!.Project!.Created);
        Assert.NotNull(world.Sentry.State.Projects.Find("victim"));
        Assert.DoesNotContain(world.Sentry.State.Keys.OfProject(victim.Id), static key => key.Name?.StartsWith("sentry-otel-operator/", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task While_Sentry_is_away_deletion_waits_and_says_why_until_a_person_overrides()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        await world.CreateRouteAsync("sales", Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("sales", "ProjectReady", true, "ProjectCreated");
        await world.Sentry.StopAsync();

        await world.DeleteRouteAsync("orders");
        await world.DeleteRouteAsync("sales");
        await world.WaitAsync("orders", "Ready", false, "Deleting");
        await world.WaitAsync("sales", "ProjectReady", false, "Unreachable");
        var annotations = new JsonObject { [RouteAnnotations.AbandonProject] = "true" };
        await world.PatchRouteAsync("orders", new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } });
        await world.WaitUntilGoneAsync("orders");
        await world.WaitForEventAsync("orders", "ProjectAbandoned");
        await world.Sentry.ResumeAsync(RouteWorld.Cancellation);
        await world.WaitUntilGoneAsync("sales");
        await world.WaitForEventAsync("sales", "ProjectDeleted");

        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
        Assert.Null(world.Sentry.State.Projects.Find("sales"));
    }

    [Fact]
    public async Task Deletion_is_not_blocked_for_ever()
    {
        await using var world = await RouteWorld.StartAsync(
            cluster, times: new ProjectRouteTimes { RemovalDeadline = TimeSpan.FromSeconds(1), Backoff = TimeSpan.FromMilliseconds(100), MaxBackoff = TimeSpan.FromMilliseconds(200) });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        world.Sentry.State.Tokens.Revoke(world.Token);

        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");
        await world.WaitForEventAsync("orders", "ProjectLeftBehind");

        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task A_route_whose_exporter_went_first_goes_at_once()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        await world.Client.DeleteAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, null, RouteWorld.Cancellation);
        await world.WaitAsync("orders", "Ready", false, "ExporterNotFound");
        await world.DeleteRouteAsync("orders");

        await world.WaitUntilGoneAsync("orders");
    }

    private static void Delete(SentryProjectRoute route) => route.Spec.DeletionPolicy = DeletionPolicy.Delete;
}
