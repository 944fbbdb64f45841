using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Operator.Tests.Discovery;
using SentryOtel.Operator.Tests.Routes;
using SentryOtel.Sentry.Routing;
using static SentryOtel.Operator.Tests.RoutingTables.TableModel;

namespace SentryOtel.Operator.Tests.RoutingTables;

[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class RoutingTableControllerTests(RouteCluster cluster)
{
    [Fact]
    public async Task An_exporter_has_a_table_that_follows_its_routes()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        var empty = await world.WaitForTableAsync(static table => table.Routes.Count == 0, "is there");

        await world.CreateRouteAsync("orders");
        var pending = await world.WaitForTableAsync(static table => table.Routes is [{ State: RouteState.Pending }], "has the route, pending");
        await world.SetProjectAsync("orders", 7);
        var active = await world.WaitForTableAsync(static table => table.Routes is [{ State: RouteState.Active }], "has the route, active");
        await world.CreateRouteAsync("carts");
        var both = await world.WaitForTableAsync(static table => table.Routes.Count == 2, "has both routes");

        Assert.True(empty.Generation < pending.Generation && pending.Generation < active.Generation && active.Generation < both.Generation);
        Assert.Equal(active.Routes[0], both.Routes[1]);
        Assert.Equal(("7", $"{world.Namespace}/orders"), (active.Routes[0].Target!.ProjectId, active.Routes[0].Route));
        var map = (await world.FindTableAsync())!;
        var owner = Assert.Single(map.Metadata.OwnerReferences!);
        Assert.Equal(("SentryExporter", "main", true, true), (owner.Kind, owner.Name, owner.Controller, owner.BlockOwnerDeletion));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["app.kubernetes.io/name"] = "sentry-otel-gateway",
                ["app.kubernetes.io/component"] = "routing-table",
                ["app.kubernetes.io/managed-by"] = "sentry-otel-operator",
                [SentryOtelGroup.ExporterLabel] = "main",
            },
            map.Metadata.Labels!);
    }

    [Theory]
    [InlineData("""{"data":{"routes.json":"{ not json"}}""", true)]
    [InlineData("""{"data":null}""", true)]
    [InlineData("""{"data":{"routes.json":"{\"version\":1,\"exporter\":\"a/b\",\"routingAttribute\":\"x\"}"}}""", true)]
    [InlineData("""{"metadata":{"labels":{"app.kubernetes.io/component":null}}}""", false)]
    public async Task A_table_that_somebody_spoilt_is_written_again(string patch, bool isNew)
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        await world.CreateRouteAsync("orders");
        var before = await world.WaitForTableAsync(static table => table.Routes.Count == 1, "has the route");

        await world.Client.PatchAsync<V1ConfigMap>("main-routes", world.Namespace, (JsonObject)JsonNode.Parse(patch)!, null, AnnouncingWorld.Cancellation);
        await world.WaitAsync(
            async () => await world.FindTableAsync() is { } map && map.Metadata.Labels!.Count == 4 && map.Data?.Count == 1, "The table is as it was");
        var after = await world.WaitForTableAsync(table => table.Routes.Count == 1 && table.Generation > before.Generation == isNew, "is right again");

        Assert.Equal(isNew, after.Routes[0].Generation > before.Routes[0].Generation);
        if (isNew)
        {
            await world.WaitForEventAsync("RoutingTableRepaired");
        }
    }

    [Fact]
    public async Task A_table_that_somebody_deleted_comes_back_with_a_greater_generation()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        var before = await world.WaitForTableAsync(static _ => true, "is there");

        await world.KubectlAsync("delete", "configmap", "main-routes");

        await world.WaitForTableAsync(table => table.Generation > before.Generation, "is there again");
    }

    [Fact]
    public async Task A_config_map_of_somebody_else_is_not_taken()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Suspend = true);
        await world.KubectlAsync("create", "configmap", "main-routes", "--from-literal", "mine=yes");

        await world.ChangeExporterAsync(static spec => spec["suspend"] = false);
        await world.WaitForEventAsync("NameConflict");
        var foreign = await world.FindTableAsync();
        Assert.Equal("yes", foreign!.Data!["mine"]);
        Assert.Null(foreign.Metadata.OwnerReferences);

        await world.KubectlAsync("delete", "configmap", "main-routes");
        await world.WaitForTableAsync(static _ => true, "is there once the name is free");
    }

    [Fact]
    public async Task A_suspended_exporter_keeps_the_table_it_has()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        await world.CreateRouteAsync("orders");
        var before = await world.WaitForTableAsync(static table => table.Routes.Count == 1, "has the route");
        await world.StopOperatorAsync();
        await world.ChangeExporterAsync(static spec => spec["suspend"] = true);
        await world.CreateRouteAsync("carts");

        await world.StartOperatorAsync();
        await world.WaitForPassesAsync("routing-table", 1, 0);
        await world.CreateExporterAsync("second");
        await world.WaitAsync(
            async () => await world.Client.GetAsync<V1ConfigMap>("second-routes", world.Namespace, AnnouncingWorld.Cancellation) is not null,
            "The second exporter, which came later, has its table");

        var after = await world.WaitForTableAsync(static _ => true, "is there");
        Assert.Equal(before.Generation, after.Generation);
    }

    [Fact]
    public async Task Writers_at_the_same_time_never_make_two_tables_of_one_generation()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Suspend = true);
        var exporter = await world.ReadExporterAsync();
        var writer = new RoutingTableWriter(world.Client, TimeProvider.System);

        var rounds = new List<RoutingTableWrite>();
        for (var round = 0; round < 5; round++)
        {
            rounds.AddRange(await Task.WhenAll(Enumerable.Range(0, 6).Select(index => writer.WriteAsync(
                exporter, [Active($"service-{round}-{index}")], FallbackTarget.None, AnnouncingWorld.Cancellation))));
        }

        var written = rounds.Where(static write => write.Outcome == RoutingTableOutcome.Written).Select(static write => write.Generation).ToList();
        Assert.All(rounds, static write => Assert.True(write.Outcome is RoutingTableOutcome.Written or RoutingTableOutcome.Overtaken, write.Message));
        Assert.Equal(written.Distinct().Count(), written.Count);
        Assert.True(written.Count >= 5);
    }

    [Fact]
    public async Task A_table_of_many_routes_is_cut_and_what_is_left_over_goes_when_it_shrinks()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Suspend = true);
        var exporter = await world.ReadExporterAsync();
        var writer = new RoutingTableWriter(world.Client, TimeProvider.System);
        var many = Enumerable.Range(0, 3000).Select(static index => Active($"service-{index}", index + 1)).ToList();

        var large = await writer.WriteAsync(exporter, many, FallbackTarget.None, AnnouncingWorld.Cancellation);
        var cut = await world.FindTableAsync(1);
        var again = await writer.WriteAsync(exporter, many, FallbackTarget.None, AnnouncingWorld.Cancellation);
        var small = await writer.WriteAsync(exporter, [Active("orders")], FallbackTarget.None, AnnouncingWorld.Cancellation);

        Assert.Equal((RoutingTableOutcome.Written, RoutingTableOutcome.Unchanged, RoutingTableOutcome.Written), (large.Outcome, again.Outcome, small.Outcome));
        Assert.NotNull(cut);
        Assert.Null(await world.FindTableAsync(1));
        Assert.Equal(large.Generation + 1, small.Generation);
        Assert.Single((await world.WaitForTableAsync(static table => table.SliceCount == 1, "has one slice")).Routes);
    }

    [Fact]
    public async Task A_table_beyond_what_a_gateway_reads_is_refused_and_the_one_in_force_stays()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Suspend = true);
        var exporter = await world.ReadExporterAsync();
        var writer = new RoutingTableWriter(world.Client, TimeProvider.System);
        var before = await writer.WriteAsync(exporter, [Active("orders")], FallbackTarget.None, AnnouncingWorld.Cancellation);

        var refused = await writer.WriteAsync(
            exporter, [.. Enumerable.Range(0, 30000).Select(static index => Active($"service-{index}", index + 1))], FallbackTarget.None, AnnouncingWorld.Cancellation);

        Assert.Equal(RoutingTableOutcome.TooLarge, refused.Outcome);
        Assert.Equal(before.Generation, (await world.WaitForTableAsync(static _ => true, "is there")).Generation);
    }
}
