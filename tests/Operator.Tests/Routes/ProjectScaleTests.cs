using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Controllers;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>What many routes cost at Sentry and at the API server.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ProjectScaleTests(RouteCluster cluster)
{
    private const int Routes = 200;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Many_routes_come_up_within_Sentrys_limit_by_two_calls_each_and_idle_by_lists_alone()
    {
        var limit = new ApiRateLimit(Limit: 40, WindowSeconds: 1, ConcurrentLimit: 25);
        await using var world = await RouteWorld.StartAsync(
            cluster,
            new SentryServerOptions { Modes = new Modes { ApiRateLimit = limit } },
            new ProjectRouteTimes { DriftCheck = TimeSpan.FromSeconds(7), ProgrammingCheck = TimeSpan.FromSeconds(1) });
        await world.CreateExporterAsync(static spec => spec.Projects.Team = "platform");
        await Parallel.ForEachAsync(Enumerable.Range(0, Routes), RouteWorld.Cancellation, async (i, _) => await world.CreateRouteAsync($"service-{i}"));

        await WaitForReadyProjectsAsync(world);

        var calls = Calls(world);
        var created = calls.Where(static call => call is { Method: "POST", Status: < 300 }).ToList();
        Assert.Equal(2 * Routes, created.Count);
        Assert.InRange(calls.Count(static call => call.Status == 429), 0, 8);
        // Lists, every five seconds while there is need, and the few look-ups before each: not one per route.
        Assert.InRange(calls.Count(static call => call.Method == "GET"), 1, 150);
        TestContext.Current.TestOutputHelper!.WriteLine($"{calls.Count} calls, {calls.Count(static call => call.Status == 429)} refused, {created[^1].At - created[0].At}");

        // Two looks at the organisation later nothing was written, and no project was asked for by itself.
        var writes = RouteWrites(world);
        world.Sentry.State.Requests.Clear();
        await Eventually.HoldsAsync(() => Calls(world).Count(static call => call.Route.EndsWith("/project-keys/", StringComparison.Ordinal)) >= 6, Within, "two lists", RouteWorld.Cancellation);

        Assert.DoesNotContain(Calls(world), static call => call.Route.Contains("{project}", StringComparison.Ordinal));
        Assert.Equal(writes, RouteWrites(world));
        Assert.InRange(writes, 3 * Routes, 4 * Routes);
    }

    [Fact]
    public async Task What_the_table_and_the_gateways_tell_is_written_once_for_each_route()
    {
        await using var world = await RouteWorld.StartAsync(cluster, times: new ProjectRouteTimes { ProgrammingCheck = TimeSpan.FromSeconds(1) });
        await world.CreateExporterAsync(static spec => spec.Projects.Team = "platform");
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), RouteWorld.Cancellation, async (i, _) => await world.CreateRouteAsync($"service-{i}"));
        await WaitForReadyProjectsAsync(world, 60);
        await world.CompileTableAsync();
        await world.ReportAsync("gateway-a", 1);
        await Eventually.HoldsAsync(async () => (await ReadAsync(world)).All(static route => route.Status!.Conditions.IsConditionTrue("Ready")), Within, "all routes are ready", RouteWorld.Cancellation);
        var writes = RouteWrites(world);

        await world.CreateRouteAsync("one-more");
        await world.WaitAsync("one-more", "ProjectReady", true, "ProjectCreated");
        await world.CompileTableAsync();
        await world.ReportAsync("gateway-a", 2);
        await world.WaitAsync("one-more", "Ready", true, "Ready");

        Assert.InRange(RouteWrites(world) - writes, 5, 8);
    }

    private static Task WaitForReadyProjectsAsync(RouteWorld world, int count = Routes) => Eventually.HoldsAsync(
        async () => (await ReadAsync(world)).Count(static route => route.Status?.Conditions.IsConditionTrue("ProjectReady") == true) == count,
        Within,
        "all projects are ready",
        RouteWorld.Cancellation);

    private static async Task<IEnumerable<SentryProjectRoute>> ReadAsync(RouteWorld world) =>
        (await world.Client.ListAllAsync<SentryProjectRoute>(world.Namespace, null, RouteWorld.Cancellation)).Items;

    private static List<RequestEntry> Calls(RouteWorld world) => [.. world.Sentry.State.Requests.All(ServerSide.Management)];

    private static int RouteWrites(RouteWorld world) =>
        world.Writes().Count(static write => write.Resource.StartsWith("sentryprojectroutes", StringComparison.Ordinal));
}
