using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>Projects of routes that no person wrote: how many, how fast, and which.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class AutomaticProjectTests(RouteCluster cluster)
{
    [Fact]
    public async Task Routes_that_no_person_wrote_create_no_more_projects_than_allowed()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Projects.MaxAutoCreated = 2);
        await world.CreateRouteAsync("mine");
        string[] names = ["auto-0", "auto-1", "auto-2", "auto-3", "auto-4"];
        foreach (var name in names)
        {
            await world.CreateRouteAsync(name, RouteWorld.FromTelemetry);
        }

        await world.WaitAsync("mine", "ProjectReady", true, "ProjectCreated");
        await world.WaitForAsync(() => world.Sentry.State.Projects.All().Length == 3, "two automatic projects and one by hand");
        var reasons = new List<string>();
        foreach (var name in names)
        {
            var done = await world.WaitAsync(name, "Accepted", true, "Accepted");
            reasons.Add(done.Status!.Conditions.FindCondition("ProjectReady")!.Reason!);
            Assert.Equal(RouteOrigin.Telemetry, done.Status.Origin);
        }

        Assert.Equal(["MaxAutoCreatedReached", "MaxAutoCreatedReached", "MaxAutoCreatedReached", "ProjectCreated", "ProjectCreated"], reasons.Order());
    }

    [Fact]
    public async Task Routes_that_no_person_wrote_get_their_projects_one_after_the_other_once_there_are_many()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(static spec => spec.Projects.MaxCreatedPerMinute = 2);
        world.Sentry.State.Projects.Create("auto-4", "auto-4");
        string[] names = ["auto-0", "auto-1", "auto-2", "auto-3", "auto-4"];
        foreach (var name in names)
        {
            await world.CreateRouteAsync(name, RouteWorld.FromTelemetry);
        }

        await world.CreateRouteAsync("mine");
        await world.WaitAsync("mine", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("auto-4", "ProjectReady", true, "ProjectFound");
        var waiting = new List<SentryProjectRoute>();
        await world.WaitForAsync(() => world.Sentry.State.Projects.All().Length == 4, "two automatic projects, one by hand and one of before");
        foreach (var name in names[..4])
        {
            var route = await world.WaitAsync(name, "Accepted", true, "Accepted");
            if (route.Status!.Conditions.FindCondition("ProjectReady") is { Reason: "CreationRateLimited" })
            {
                waiting.Add(route);
            }
        }

        Assert.Equal(2, waiting.Count);
        Assert.All(waiting, static route => Assert.Matches("projects.maxCreatedPerMinute \\(2\\).* before \\d\\d:\\d\\d UTC", route.Status!.Conditions.FindCondition("ProjectReady")!.Message!));
        await world.ChangeExporterAsync(new JsonObject { ["projects"] = new JsonObject { ["maxCreatedPerMinute"] = 600 } });
        foreach (var route in waiting)
        {
            await world.WaitAsync(route.Metadata.Name!, "ProjectReady", true, "ProjectCreated");
        }
    }

    [Fact]
    public async Task A_route_that_no_person_wrote_gets_no_project_that_the_patterns_forbid_and_uses_one_that_is_there()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(static spec => (spec.Projects.AllowedServices, spec.Projects.DeniedServices) = (["shop-*"], ["*-test"]));
        await world.CreateRouteAsync("billing", RouteWorld.FromTelemetry);
        await world.CreateRouteAsync("shop-test", RouteWorld.FromTelemetry);
        await world.CreateRouteAsync("shop-orders", RouteWorld.FromTelemetry);
        await world.CreateRouteAsync("mine");

        await world.WaitAsync("billing", "ProjectReady", false, "ServiceNotAllowed");
        await world.WaitAsync("shop-test", "ProjectReady", false, "ServiceNotAllowed");
        await world.WaitAsync("shop-orders", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("mine", "ProjectReady", true, "ProjectCreated");
        Assert.Equal(["mine", "shop-orders"], world.Sentry.State.Projects.All().Select(static project => project.Slug).Order());

        world.Sentry.State.Projects.Create("billing", "billing");
        await world.WaitAsync("billing", "ProjectReady", true, "ProjectFound");
    }

    [Fact]
    public async Task The_number_of_automatic_projects_is_known_after_a_restart()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Projects.MaxAutoCreated = 1);
        await world.CreateRouteAsync("auto-0", RouteWorld.FromTelemetry);
        await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectCreated");
        await world.KillOperatorAsync();
        world.StartOperator();

        await world.CreateRouteAsync("auto-1", RouteWorld.FromTelemetry);
        await world.WaitAsync("auto-1", "ProjectReady", false, "MaxAutoCreatedReached");
        Assert.Single(world.Sentry.State.Projects.All());
    }

    [Fact]
    public async Task A_project_that_stays_counts_without_its_route_and_after_a_restart_until_a_person_takes_it_out()
    {
        // Given the one project that may be created
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Projects.MaxAutoCreated = 1);
        await world.CreateRouteAsync("auto-0", RouteWorld.FromTelemetry);
        var created = await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectCreated");

        // When its route goes, and the operator with it
        await world.DeleteRouteAsync("auto-0");
        await world.WaitUntilGoneAsync("auto-0");
        Assert.Equal([("auto-0", created.Status!.Project!.Id)], (await LeftAsync(world)).Select(static left => (left.Key, (string?)left.Value)));
        await world.KillOperatorAsync();
        world.StartOperator();

        // Then no other is created, and whoever comes for that one has it
        await world.CreateRouteAsync("auto-1", RouteWorld.FromTelemetry);
        await world.WaitAsync("auto-1", "ProjectReady", false, "MaxAutoCreatedReached");
        await world.CreateRouteAsync("auto-0", RouteWorld.FromTelemetry);
        await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectFound");
        Assert.Single(world.Sentry.State.Projects.All());

        // And a person who has looked after it makes room
        var patch = new JsonObject { ["status"] = new JsonObject { ["projects"] = new JsonObject { ["withoutRoute"] = new JsonObject { ["auto-0"] = null } } } };
        await world.Client.PatchAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, patch, new PatchOptions { Subresource = "status" }, RouteWorld.Cancellation);
        await world.WaitAsync("auto-1", "ProjectReady", true, "ProjectCreated");
        Assert.Empty(await LeftAsync(world));
    }

    [Fact]
    public async Task A_project_that_is_deleted_with_its_route_makes_room_for_another()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => (spec.Projects.MaxAutoCreated, spec.Projects.DeletionPolicy) = (1, DeletionPolicy.Delete));
        await world.CreateRouteAsync("auto-0", RouteWorld.FromTelemetry);
        await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectCreated");
        await world.CreateRouteAsync("auto-1", RouteWorld.FromTelemetry);
        await world.WaitAsync("auto-1", "ProjectReady", false, "MaxAutoCreatedReached");

        await world.DeleteRouteAsync("auto-0");

        await world.WaitAsync("auto-1", "ProjectReady", true, "ProjectCreated");
        Assert.Empty(await LeftAsync(world));
    }

    [Fact]
    public async Task A_project_that_was_never_made_keeps_no_place_when_its_route_goes()
    {
        // Given a create that Sentry fails to answer, as far as it may
        await using var world = await RouteWorld.StartAsync(cluster);
        var fault = world.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/teams/*/*/projects/", Method = "POST", Count = null, Answer = new FaultAnswer { Status = 502 } });
        await world.CreateExporterAsync(static spec => spec.Projects.MaxAutoCreated = 1);
        await world.CreateRouteAsync("auto-0", RouteWorld.FromTelemetry);
        await world.WaitForAsync(
            async () => (await world.Client.GetAsync<SentryProjectRoute>("auto-0", world.Namespace, RouteWorld.Cancellation))!.Status?.PendingCreate is not null, "a create that was begun");

        // When the route goes
        await world.DeleteRouteAsync("auto-0");
        await world.WaitUntilGoneAsync("auto-0");
        world.Sentry.Faults.Remove(fault.Id);

        // Then another has the place
        Assert.Empty(await LeftAsync(world));
        await world.CreateRouteAsync("auto-1", RouteWorld.FromTelemetry);
        await world.WaitAsync("auto-1", "ProjectReady", true, "ProjectCreated");
    }

    private static async Task<Dictionary<string, string>> LeftAsync(RouteWorld world) =>
        (await world.Client.GetAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, RouteWorld.Cancellation))?.Status?.Projects?.WithoutRoute ?? [];
}
