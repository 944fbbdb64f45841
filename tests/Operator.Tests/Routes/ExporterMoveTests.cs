using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>An exporter that is pointed at another Sentry, where the ids of its projects are other people's.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ExporterMoveTests(RouteCluster cluster)
{
    [Fact]
    public async Task At_another_Sentry_an_equal_id_is_another_project_that_is_neither_sent_to_nor_deleted()
    {
        // Given a project that the route made, and one of that id at another Sentry
        await using var world = await RouteWorld.StartAsync(cluster);
        await using var other = await OtherSentryAsync(world);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        var before = (await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated")).Status!.Project!;
        Assert.Equal($"{other.State.Projects.Find("billing")!.Id}", before.Id);

        // When the exporter is pointed there
        await world.ChangeExporterAsync(new JsonObject { ["url"] = other.ManagementUrl.AbsoluteUri });

        // Then the route has a project of its own there, and says that it has changed
        await world.WaitForAsync(() => other.State.Projects.Find("orders") is not null, "a project at the other Sentry");
        await world.WaitForEventAsync("orders", "ProjectReplaced");
        var after = (await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated")).Status!.Project!;
        Assert.Equal(("orders", $"{other.State.Projects.Find("orders")!.Id}", true), (after.Slug, after.Id, after.Created));
        Assert.Equal($"{other.ManagementUrl.AbsoluteUri.TrimEnd('/')}/organizations/acme/", after.OrganizationUrl);

        // And goes with that one alone
        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");
        Assert.Null(other.State.Projects.Find("orders"));
        Assert.NotNull(other.State.Projects.Find("billing"));
        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task A_route_that_never_saw_the_other_Sentry_deletes_nothing_there()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await using var other = await OtherSentryAsync(world);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.PatchRouteAsync("orders", new JsonObject { ["spec"] = new JsonObject { ["suspend"] = true } });
        await world.ChangeExporterAsync(new JsonObject { ["url"] = other.ManagementUrl.AbsoluteUri });

        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");
        await world.WaitForEventAsync("orders", "ProjectLeftBehind");

        Assert.NotNull(other.State.Projects.Find("billing"));
        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task A_create_that_was_begun_elsewhere_claims_nothing_that_a_person_makes_here()
    {
        // Given a create whose outcome nobody knows
        await using var world = await RouteWorld.StartAsync(cluster);
        await using var other = await OtherSentryAsync(world);
        world.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/teams/*/*/projects/", Method = "POST", Count = null, Answer = new FaultAnswer { Status = 502 } });
        await world.CreateExporterAsync(static spec => spec.Projects.AdoptionPolicy = AdoptionPolicy.Adopt);
        await world.CreateRouteAsync("orders", Delete);
        await world.WaitForAsync(
            async () => (await world.Client.GetAsync<SentryProjectRoute>("orders", world.Namespace, RouteWorld.Cancellation))!.Status?.PendingCreate is not null, "a create that was begun");

        // When the exporter is pointed to where a person makes that project at the same time
        var theirs = other.State.Projects.Create("orders", "orders").Value!;
        await world.ChangeExporterAsync(new JsonObject { ["url"] = other.ManagementUrl.AbsoluteUri });

        // Then it stays theirs, and stays
        var route = await world.WaitAsync("orders", "ProjectReady", true, "ProjectAdopted");
        Assert.Equal(($"{theirs.Id}", false), (route.Status!.Project!.Id, route.Status.Project.Created));
        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");
        Assert.NotNull(other.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task Projects_that_stay_at_the_Sentry_that_was_left_take_no_room_here()
    {
        // Given as many projects as there may be, of which one has lost its route
        await using var world = await RouteWorld.StartAsync(cluster);
        await using var other = await OtherSentryAsync(world);
        await world.CreateExporterAsync(static spec => spec.Projects.MaxAutoCreated = 1);
        await world.CreateRouteAsync("orders", RouteWorld.FromTelemetry);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");
        await world.CreateRouteAsync("sales", RouteWorld.FromTelemetry);
        await world.WaitAsync("sales", "ProjectReady", false, "MaxAutoCreatedReached");

        // When the exporter is pointed to another Sentry
        await world.ChangeExporterAsync(new JsonObject { ["url"] = other.ManagementUrl.AbsoluteUri });

        // Then there is room, and what is noted next is of that one alone
        await world.WaitAsync("sales", "ProjectReady", true, "ProjectCreated");
        await world.DeleteRouteAsync("sales");
        await world.WaitUntilGoneAsync("sales");
        var noted = (await world.Client.GetAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, RouteWorld.Cancellation))!.Status!.Projects!;
        Assert.Equal(["sales"], noted.WithoutRoute!.Keys);
        Assert.StartsWith(other.ManagementUrl.AbsoluteUri, noted.OrganizationUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_that_find_their_projects_here_take_no_room_of_those_that_were_made_there()
    {
        // Given as many automatic projects as there may be, and one of that name at the other Sentry
        await using var world = await RouteWorld.StartAsync(cluster);
        await using var other = await OtherSentryAsync(world);
        other.State.Projects.Create("orders", "orders");
        await world.CreateExporterAsync(static spec => spec.Projects.MaxAutoCreated = 1);
        await world.CreateRouteAsync("orders", RouteWorld.FromTelemetry);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        await world.ChangeExporterAsync(new JsonObject { ["url"] = other.ManagementUrl.AbsoluteUri });
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
        await world.CreateRouteAsync("sales", RouteWorld.FromTelemetry);

        await world.WaitAsync("sales", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task Another_address_of_the_same_Sentry_changes_nothing()
    {
        // Given a project that the route made
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", Delete);
        var before = (await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated")).Status!.Project!;

        // When the exporter calls its Sentry by another name
        var address = new UriBuilder(world.Sentry.ManagementUrl) { Host = "localhost" }.Uri;
        await world.ChangeExporterAsync(new JsonObject { ["url"] = address.AbsoluteUri });
        await world.WaitForAsync(
            async () => (await world.Client.GetAsync<SentryProjectRoute>("orders", world.Namespace, RouteWorld.Cancellation))!.Status!.Project?.OrganizationUrl?.Contains("localhost", StringComparison.Ordinal) == true,
            "the route knows the new address");

        // Then it is the project of before, which the route made, as its key says
        var after = (await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated")).Status!.Project!;
        Assert.Equal((before.Id, before.Created, before.PublicKey), (after.Id, after.Created, after.PublicKey));
        Assert.Single(world.Sentry.State.Projects.All());
        Assert.DoesNotContain("ProjectReplaced", await world.EventReasonsAsync("orders"), StringComparison.Ordinal);
        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");
        Assert.Null(world.Sentry.State.Projects.Find("orders"));
    }

    private static Task<SentryServerHost> OtherSentryAsync(RouteWorld world) => SentryServerHost.StartAsync(
        new SentryServerOptions { Projects = ["billing"], Tokens = [new AccessToken(world.Token, ["org:read", "project:admin", "team:read"])] }, RouteWorld.Cancellation);

    private static void Delete(SentryProjectRoute route) => route.Spec.DeletionPolicy = DeletionPolicy.Delete;
}
