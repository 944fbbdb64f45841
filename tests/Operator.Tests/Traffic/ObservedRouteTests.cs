using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Tests.Routes;
using SentryOtel.Operator.Traffic;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Traffic;

/// <summary>From what gateways say to what a real API server shows.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ObservedRouteTests(RouteCluster cluster)
{
    private const string Pod = "main-gateway-1";
    private const string Address = "10.9.8.7";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly ToldGateways _gateways = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_and_the_last_data_are_shown_and_written_once_while_nothing_changes()
    {
        // Given a ready route and a gateway with data of its project
        await using var world = await StartAsync(TimeSpan.FromSeconds(1));
        var route = await ReadyRouteAsync(world);
        var seen = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(2);
        _gateways.Tell(Address, () => [Queue(route, 12, 10, seen), Queue(route, 1_234, 1_234, seen, "logs")]);

        // Then its status tells them, rounded, and kubectl shows how long ago that was
        var told = await WaitAsync(world, static status => status.Traffic is not null, "counts");
        Assert.Equal((1200L, 1200L, 2L, Rounding.Of(seen)), (told.Traffic!.Accepted, told.Traffic.Sent, told.Traffic.Dropped, told.Traffic.LastSeenTime));
        var columns = (await cluster.ControlPlane.RunKubectlAsync(["get", "sentryroutes", "orders", "--namespace", world.Namespace, "--no-headers"], null, Cancellation))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("12", columns[5], StringComparison.Ordinal);
        Assert.EndsWith("m", columns[5], StringComparison.Ordinal);

        // And while the gateway says the same nothing is written
        var (writes, answers) = (world.Writes().Count, _gateways.Answers);
        await world.WaitForAsync(() => _gateways.Answers >= answers + 20, "many more rounds");
        Assert.Equal(writes, world.Writes().Count);
    }

    [Fact]
    public async Task Counts_that_change_all_the_time_are_written_once_in_the_pause_and_go_on_after_a_restart()
    {
        await using var world = await StartAsync(TimeSpan.FromHours(1));
        var route = await ReadyRouteAsync(world);
        var seen = TimeProvider.System.GetUtcNow();
        var count = 0;
        _gateways.Tell(Address, () => [Queue(route, ++count, count, seen)]);
        await WaitAsync(world, static status => status.Traffic is not null, "counts");

        var (writes, answers) = (world.Writes().Count, _gateways.Answers);
        await world.WaitForAsync(() => _gateways.Answers >= answers + 20, "many more rounds");
        Assert.Equal(writes, world.Writes().Count);

        // When another operator takes over and the gateway has started anew since
        await world.KillOperatorAsync();
        var before = (await ReadAsync(world)).Traffic!.Accepted;
        _gateways.Silence(Address);
        world.StartOperator();
        _gateways.Tell(Address, () => [Queue(route, before + 500, before + 500, seen)]);
        var after = await WaitAsync(world, status => status.Traffic!.Accepted != before, "new counts");
        Assert.Equal(before + 500, after.Traffic!.Accepted);
    }

    [Fact]
    public async Task A_limit_is_told_with_its_end_and_ends_by_itself_even_when_the_gateway_falls_silent()
    {
        await using var world = await StartAsync(TimeSpan.FromSeconds(1));
        var route = await ReadyRouteAsync(world);
        var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(5);
        _gateways.Tell(Address, () => [ToldGateways.Limited(Queue(route, 3, 0, TimeProvider.System.GetUtcNow()), "span", until)]);

        var limited = await world.WaitAsync("orders", RouteReasons.RateLimitedType, true, RouteReasons.LimitedBySentry);
        _gateways.Silence(Address);
        var message = limited.Status!.Conditions.FindCondition(RouteReasons.RateLimitedType)!.Message;
        Assert.StartsWith("Sentry limits spans (span, project) until 20", message, StringComparison.Ordinal);
        Assert.True(limited.Status.Conditions.IsConditionTrue(RouteReasons.ReadyType));
        Assert.True(limited.Status.Exporters!.Single().Conditions.IsConditionTrue(RouteReasons.RateLimitedType));

        await world.WaitAsync("orders", RouteReasons.RateLimitedType, false, RouteReasons.NotRateLimited);
        Assert.True(TimeProvider.System.GetUtcNow() >= until);
        await Eventually.HoldsAsync(
            async () => await world.EventReasonsAsync("orders") is { } reasons
                && reasons.Split(' ').Count(static reason => reason == RouteReasons.LimitedBySentry) == 1
                && reasons.Split(' ').Count(static reason => reason == RouteReasons.RateLimitEnded) == 1,
            Within,
            "an event of the beginning and one of the end",
            Cancellation);
    }

    [Fact]
    public async Task A_project_that_Sentry_refuses_is_not_ready_until_it_is_accepted_again()
    {
        await using var world = await StartAsync(TimeSpan.FromMilliseconds(100));
        var route = await ReadyRouteAsync(world);
        var refused = true;
        _gateways.Tell(Address, () =>
        {
            var queue = Queue(route, 3, 0, TimeProvider.System.GetUtcNow());
            queue["hold"] = refused ? "project_rejected" : null;
            return [queue];
        });

        await world.WaitAsync("orders", RouteReasons.ReadyType, false, RouteReasons.RefusedBySentry);
        refused = false;
        await world.WaitAsync("orders", RouteReasons.ReadyType, true, RouteReasons.Ready);
    }

    [Fact]
    public async Task A_pod_that_is_none_of_the_exporters_is_not_asked()
    {
        await using var world = await StartAsync(TimeSpan.FromMilliseconds(100));
        var route = await ReadyRouteAsync(world);
        await CreatePodAsync(world, "foreign", "10.9.8.8", new Dictionary<string, string> { ["app"] = "else" });
        await world.ReportAsync("foreign", 1000);
        _gateways.Tell("10.9.8.8", () => [Queue(route, 1, 1, TimeProvider.System.GetUtcNow())]);
        _gateways.Tell(Address, () => [Queue(route, 5, 5, TimeProvider.System.GetUtcNow())]);

        var told = await WaitAsync(world, static status => status.Traffic is not null, "counts");
        var answers = _gateways.Answers;
        await world.WaitForAsync(() => _gateways.Answers >= answers + 5, "more rounds");
        Assert.Equal(5, told.Traffic!.Accepted);
        Assert.Equal(5, (await ReadAsync(world)).Traffic!.Accepted);
    }

    [Fact]
    public async Task Nothing_that_an_account_of_a_gateway_can_write_ends_the_reading_of_gateways()
    {
        // Given Leases whose holder is no pod, or that run out after the end of the calendar
        await using var world = await StartAsync(TimeSpan.FromMilliseconds(100));
        var route = await ReadyRouteAsync(world);
        await world.ReportAsync("slash", 1000, holder: "a/b");
        await world.ReportAsync("endless", 1000, int.MaxValue, renewed: new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));

        // And a gateway whose document is none
        await CreatePodAsync(world, "main-gateway-2", "10.9.8.9", labels: null);
        await world.ReportAsync("main-gateway-2", 1000);
        _gateways.Tell("10.9.8.9", static () => [null, new JsonObject { ["project"] = null, ["signal"] = "traces" }]);
        _gateways.Tell(Address, () => [Queue(route, 5, 5, TimeProvider.System.GetUtcNow())]);
        await WaitAsync(world, static status => status.Traffic is { Accepted: 5 }, "the other gateway's counts");

        // And one at which the reading fails as nobody foresaw
        _gateways.Tell("10.9.8.9", static () => throw new InvalidOperationException("unforeseen"));
        var answers = _gateways.Answers;
        await world.WaitForAsync(() => _gateways.Answers >= answers + 5, "more rounds");
        _gateways.Tell(Address, () => [Queue(route, 7, 7, TimeProvider.System.GetUtcNow())]);
        await WaitAsync(world, static status => status.Traffic is { Accepted: 7 }, "newer counts");
    }

    private static JsonObject Queue(SentryProjectRoute route, long accepted, long sent, DateTimeOffset seen, string signal = "traces") =>
        ToldGateways.Queue(route.Status!.Project!.Id!, "orders", accepted, sent, seen, signal);

    private static async Task<SentryProjectRouteStatus> ReadAsync(RouteWorld world) =>
        (await world.Client.GetAsync<SentryProjectRoute>("orders", world.Namespace, Cancellation))!.Status!;

    private static Task<SentryProjectRouteStatus> WaitAsync(RouteWorld world, Predicate<SentryProjectRouteStatus> condition, string what) => Eventually.GetAsync(
        async () => await ReadAsync(world) is { } status && condition(status) ? status : null, Within, what, Cancellation);

    private Task<RouteWorld> StartAsync(TimeSpan leastPause) => RouteWorld.StartAsync(
        cluster,
        times: new() { DriftCheck = TimeSpan.FromHours(1), ProgrammingCheck = TimeSpan.FromMilliseconds(200), Backoff = TimeSpan.FromMilliseconds(100) },
        gateways: new GatewayWay(_gateways.Handler, new TrafficTimes { Interval = TimeSpan.FromMilliseconds(100), LeastPause = leastPause }));

    // A route that a gateway serves.
    private static async Task<SentryProjectRoute> ReadyRouteAsync(RouteWorld world)
    {
        await world.CreateExporterAsync();
        await CreatePodAsync(world, Pod, Address, labels: null);
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", RouteReasons.ProjectReadyType, true, RouteReasons.ProjectCreated);
        await world.CompileTableAsync();
        await world.ReportAsync(Pod, 1000);
        return await world.WaitAsync("orders", RouteReasons.ReadyType, true, RouteReasons.Ready);
    }

    private static async Task CreatePodAsync(RouteWorld world, string name, string address, Dictionary<string, string>? labels)
    {
        var exporter = (await world.Client.GetAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, Cancellation))!;
        labels ??= ManifestMetadata.Selector(exporter).ToDictionary(static label => label.Key, static label => (string)label.Value!);

        // No controller makes it here.
        await world.Client.ApplyAsync(
            JsonNode.Parse($$"""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"{{world.Namespace}}"},"automountServiceAccountToken":false}""")!.AsObject(),
            new ApplyOptions { FieldManager = "test", Force = true },
            Cancellation);
        await world.Client.CreateAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta { Name = name, Namespace = world.Namespace, Labels = labels },
                Spec = new V1PodSpec { Containers = [new V1Container { Name = "gateway", Image = "gateway" }] },
            },
            null,
            Cancellation);
        await world.Client.PatchAsync<V1Pod>(
            name,
            world.Namespace,
            new JsonObject { ["status"] = new JsonObject { ["podIP"] = address, ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address }) } },
            new PatchOptions { Subresource = "status" },
            Cancellation);
    }
}
