using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Operator.Tests.Routes;

[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ProjectRouteFailureTests(RouteCluster cluster)
{
    [Fact]
    public async Task A_missing_Secret_is_waited_for()
    {
        await using var world = await RouteWorld.StartAsync(cluster, withToken: false);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "SecretNotFound");

        await world.SetTokenAsync(world.Token);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task A_wrong_token_stops_nothing_that_flows_and_a_right_one_heals()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        var before = await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        await world.SetTokenAsync("sntryi_wrong");
        var broken = await world.WaitAsync("orders", "ProjectReady", false, "Unauthorized");
        await world.SetTokenAsync(world.Token);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        Assert.Equal(before.Status!.Project!.PublicKey, broken.Status!.Project!.PublicKey);
        Assert.DoesNotContain("sntryi_wrong", broken.Status.Conditions.FindCondition("ProjectReady")!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sentry_down_is_told_and_gone_when_it_is_up()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.Sentry.StopAsync();
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "Unreachable");

        await world.Sentry.ResumeAsync(RouteWorld.Cancellation);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Theory]
    [InlineData("/api/0/teams/*/*/projects/")]
    [InlineData("/api/0/projects/*/*/keys/")]
    public async Task Killed_between_a_create_and_its_answer_there_is_one_project_and_it_is_ours(string path)
    {
        // The first pass must not end by its own timeout.
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Timeout = "60s");
        var fault = world.Sentry.Faults.Enqueue(new Fault { Path = path, Method = "POST", Hold = FaultPoint.After });
        await world.CreateRouteAsync("orders", route => route.Spec.DeletionPolicy = DeletionPolicy.Delete);
        await fault.ReachedAsync(RouteWorld.Cancellation);

        await world.KillOperatorAsync();
        fault.Release();
        var orphan = await world.Client.GetAsync<SentryProjectRoute>("orders", world.Namespace, RouteWorld.Cancellation);
        Assert.Null(orphan!.Status?.Project?.Id);
        Assert.Equal("orders", orphan.Status?.PendingCreate?.Slug);
        world.StartOperator();

        var route = await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        var project = Assert.Single(world.Sentry.State.Projects.All());
        Assert.Equal(($"{project.Id}", true), (route.Status!.Project!.Id, route.Status.Project.Created));
        await world.DeleteRouteAsync("orders");
        await world.WaitUntilGoneAsync("orders");
        Assert.Null(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task Killed_after_a_create_and_deleted_meanwhile_the_project_goes_too()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Timeout = "60s");
        var fault = world.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/teams/*/*/projects/", Method = "POST", Hold = FaultPoint.After });
        await world.CreateRouteAsync("orders", route => route.Spec.DeletionPolicy = DeletionPolicy.Delete);
        await fault.ReachedAsync(RouteWorld.Cancellation);
        await world.KillOperatorAsync();
        fault.Release();

        await world.DeleteRouteAsync("orders");
        world.StartOperator();

        await world.WaitUntilGoneAsync("orders");
        Assert.Null(world.Sentry.State.Projects.Find("orders"));
        Assert.Single(world.Sentry.State.Projects.All());
    }

    [Fact]
    public async Task A_project_deleted_in_Sentry_is_made_anew_and_a_renamed_one_is_followed()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        var first = await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        world.Sentry.State.Projects.Delete("orders");
        await world.WaitForAsync(() => world.Sentry.State.Projects.Find("orders") is not null, "a new project");
        var id = world.Sentry.State.Projects.Find("orders")!.Id;
        world.Sentry.State.Projects.Update(id, static project => project with { Slug = "sales" });
        var renamed = await world.WaitAsync("orders", "ProjectReady", true, "ProjectRenamed");

        Assert.Equal(($"{id}", "sales", true), (renamed.Status!.Project!.Id, renamed.Status.Project.Slug, renamed.Status.Project.Created));
        Assert.NotEqual(first.Status!.Project!.Id, renamed.Status.Project.Id);
        Assert.Equal(2, world.Sentry.State.Projects.All().Length);
    }

    [Fact]
    public async Task A_route_that_is_ready_is_looked_after_without_a_single_write()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.CompileTableAsync();
        await world.ReportAsync("gateway-a", 1);
        await world.WaitAsync("orders", "Ready", true, "Ready");
        var settled = world.SentryReads("/projects/acme/") + 4;
        await world.WaitForAsync(() => world.SentryReads("/projects/acme/") >= settled, "passes that settle");
        var (before, writes) = (await ReadAsync(world), world.Writes().Count(IsRoute));

        // Each pass makes two reads: the equivalent of an hour and more of operator time.
        var reads = world.SentryReads("/projects/acme/") + 20;
        await world.ReportAsync("gateway-a", 1);
        await world.WaitForAsync(() => world.SentryReads("/projects/acme/") >= reads, "ten more passes");

        Assert.Equal(before.Metadata.ResourceVersion, (await ReadAsync(world)).Metadata.ResourceVersion);
        Assert.Equal(writes, world.Writes().Count(IsRoute));
        Assert.True(writes > 0);
        Assert.Empty(world.Sentry.State.Requests.All().Where(static call => call.Method is "PUT" or "DELETE"));
    }

    [Fact]
    public async Task Transitions_are_told_once_as_events()
    {
        await using var world = await RouteWorld.StartAsync(cluster, withToken: false);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "SecretNotFound");
        await world.SetTokenAsync(world.Token);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        string[] reasons = [];
        await Testing.Eventually.HoldsAsync(
            async () => (reasons = (await world.EventReasonsAsync("orders"))!.Split(' ')).Contains("ProjectCreated"), TimeSpan.FromSeconds(20), "the event", RouteWorld.Cancellation);

        Assert.Equal(["Accepted", "ProjectCreated", "SecretNotFound"], reasons.Order());
    }

    private static bool IsRoute(Cluster.AuditEvent request) => request.Resource.StartsWith("sentryprojectroutes", StringComparison.Ordinal);

    private static async Task<SentryProjectRoute> ReadAsync(RouteWorld world) =>
        (await world.Client.GetAsync<SentryProjectRoute>("orders", world.Namespace, RouteWorld.Cancellation))!;
}
