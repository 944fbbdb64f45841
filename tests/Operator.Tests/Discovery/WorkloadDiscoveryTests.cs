using SentryOtel.Crds;
using SentryOtel.Operator.Tests.Routes;

namespace SentryOtel.Operator.Tests.Discovery;

[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class WorkloadDiscoveryTests(RouteCluster cluster)
{
    private const string Unused = "sentry-otel.dev/unused-since";

    [Fact]
    public async Task A_labelled_deployment_gets_a_route_that_is_marked_and_deleted_when_the_label_goes()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, grace: TimeSpan.FromSeconds(2));
        await world.ApplyAsync(Deployment("orders"));

        await world.KubectlAsync("label", "deployment", "orders", "service.name=orders");
        var route = await world.WaitForRouteAsync("orders");

        Assert.Equal(("main", "orders", "orders"), (route.Spec.ExporterRef.Name, route.Spec.AttributeValue, route.Spec.Project?.Slug));
        Assert.Equal("Discovered", route.Metadata.Annotations!["sentry-otel.dev/origin"]);
        Assert.Equal($"Deployment {world.Namespace}/orders", route.Metadata.Annotations["sentry-otel.dev/workloads"]);
        Assert.Equal("main", route.Metadata.Labels![SentryOtelGroup.ExporterLabel]);
        var owner = Assert.Single(route.Metadata.OwnerReferences!);
        Assert.Equal(("SentryExporter", "main", false), (owner.Kind, owner.Name, owner.Controller ?? false));
        await world.WaitForEventAsync("ServiceDiscovered");

        await world.KubectlAsync("label", "deployment", "orders", "service.name-");
        await world.WaitForRouteAsync("orders", static known => known.Metadata.Annotations!.ContainsKey(Unused), "is marked");
        await world.WaitAsync(async () => await world.FindRouteAsync("orders") is null, "The route is deleted");
        await world.WaitForEventAsync("ServiceGone");
    }

    [Fact]
    public async Task A_workload_that_comes_back_in_time_keeps_the_very_route()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        await world.ApplyAsync(Deployment("orders", "service.name: orders"));
        var before = await world.WaitForRouteAsync("orders");

        await world.KubectlAsync("delete", "deployment", "orders");
        await world.WaitForRouteAsync("orders", static route => route.Metadata.Annotations!.ContainsKey(Unused), "is marked");
        await world.ApplyAsync(Workload("StatefulSet", "orders-2", "service.name: orders"));
        var after = await world.WaitForRouteAsync("orders", static route => !route.Metadata.Annotations!.ContainsKey(Unused), "is marked no more");

        Assert.Equal(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Equal($"StatefulSet {world.Namespace}/orders-2", after.Metadata.Annotations!["sentry-otel.dev/workloads"]);
    }

    [Fact]
    public async Task Every_kind_of_workload_is_discovered_a_cron_job_in_the_version_that_the_server_serves()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);

        await world.ApplyAsync(Deployment("a", "service.name: of-deployment"));
        await world.ApplyAsync(Workload("StatefulSet", "b", "service.name: of-stateful-set"));
        await world.ApplyAsync(Workload("DaemonSet", "c", "service.name: of-daemon-set"));
        await world.ApplyAsync(CronJob("d", "service.name: of-cron-job"));
        await world.ApplyAsync(Job("e", "service.name: of-job"));

        foreach (var value in new[] { "of-deployment", "of-stateful-set", "of-daemon-set", "of-cron-job", "of-job" })
        {
            await world.WaitForRouteAsync(value);
        }
    }

    [Fact]
    public async Task A_route_that_a_person_wrote_is_left_alone()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        var written = await world.CreateRouteAsync("orders");

        await world.ApplyAsync(Deployment("orders", "service.name: orders"));
        await world.ApplyAsync(Deployment("carts", "service.name: carts"));
        await world.WaitForRouteAsync("carts");

        Assert.Null(await world.FindRouteAsync("orders"));
        var now = await world.Client.GetAsync<SentryProjectRoute>("orders", world.Namespace, AnnouncingWorld.Cancellation);
        Assert.Equal(written.Metadata.ResourceVersion, now?.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_route_that_a_person_took_over_outlives_its_workload()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, grace: TimeSpan.FromMilliseconds(1));
        await world.ApplyAsync(Deployment("orders", "service.name: orders"));
        await world.ApplyAsync(Deployment("carts", "service.name: carts"));
        var route = await world.WaitForRouteAsync("orders");
        await world.WaitForRouteAsync("carts");

        await world.KubectlAsync("annotate", "sentryprojectroute", route.Metadata.Name!, "sentry-otel.dev/origin-");
        await world.KubectlAsync("delete", "deployment", "orders", "carts");
        await world.WaitAsync(async () => await world.FindRouteAsync("carts") is null, "The other route is deleted");

        Assert.NotNull(await world.FindRouteAsync("orders"));
    }

    [Fact]
    public async Task Namespaces_are_chosen_by_their_labels_as_they_are_now()
    {
        await using var world = await AnnouncingWorld.StartAsync(
            cluster,
            static spec => spec.Discovery.NamespaceSelector = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["sentry"] = "chosen" } },
            everywhere: true);
        var other = world.Namespace + "-other";
        await world.CreateNamespaceAsync(other, new Dictionary<string, string> { ["sentry"] = "chosen" });

        await world.ApplyAsync(Deployment("here", "service.name: here"));
        await world.ApplyAsync(Deployment("there", "service.name: there"), other);
        await world.WaitForRouteAsync("there");
        Assert.Null(await world.FindRouteAsync("here"));

        await world.KubectlAsync("label", "namespace", world.Namespace, "sentry=chosen");
        await world.WaitForRouteAsync("here");
    }

    [Fact]
    public async Task Services_beyond_the_bound_get_an_event_and_their_route_when_there_is_room()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Projects.MaxAutoCreated = 2, TimeSpan.FromMilliseconds(1));
        await world.ApplyAsync(string.Join("\n---\n", new[] { "a", "b", "c" }.Select(static name => Deployment(name, $"service.name: service-{name}"))));

        await world.WaitForEventAsync("MaxAutoCreatedReached");
        var routes = await world.Client.ListAllAsync<SentryProjectRoute>(world.Namespace, null, AnnouncingWorld.Cancellation);
        Assert.Equal(2, routes.Items.Count);

        var routed = routes.Items[0].Spec.AttributeValue;
        await world.KubectlAsync("delete", "deployment", routed["service-".Length..]);
        foreach (var value in new[] { "service-a", "service-b", "service-c" }.Where(value => value != routed))
        {
            await world.WaitForRouteAsync(value);
        }
    }

    [Fact]
    public async Task While_nothing_changes_nothing_is_asked_of_the_server()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        await world.ApplyAsync(Deployment("orders", "service.name: orders"));
        await world.WaitForRouteAsync("orders");
        await world.WaitForTableAsync(static table => table.Routes.Count == 1, "has the route");
        await world.StopOperatorAsync();
        var before = world.Requests().Count;

        await world.StartOperatorAsync();
        await world.WaitForPassesAsync("discovery", 1, 0);
        await world.WaitForPassesAsync("routing-table", 1, 0);
        var (discovery, tables) = (world.Operator!.Passes("discovery"), world.Operator.Passes("routing-table"));
        await world.KubectlAsync("label", "deployment", "orders", "colour=blue");
        await world.KubectlAsync("label", "sentryprojectroute", "--all", "colour=blue");
        await world.WaitForPassesAsync("discovery", 2, discovery);
        await world.WaitForPassesAsync("routing-table", 1, tables);

        Assert.NotEqual(0, before);
        Assert.Equal([], world.Requests().Skip(before));
    }

    private static string Deployment(string name, string? label = null) => Workload("Deployment", name, label);

    private static string Workload(string kind, string name, string? label) => $$"""
        apiVersion: apps/v1
        kind: {{kind}}
        metadata:
          name: {{name}}
          labels: { {{label}} }
        spec:
          selector: { matchLabels: { app: {{name}} } }
          {{(kind == "StatefulSet" ? "serviceName: none" : "")}}
          template:
            metadata: { labels: { app: {{name}} } }
            spec: { containers: [ { name: main, image: example.test/none:1 } ] }
        """;

    private static string CronJob(string name, string label) => $$"""
        apiVersion: batch/v1beta1
        kind: CronJob
        metadata:
          name: {{name}}
          labels: { {{label}} }
        spec:
          schedule: "0 0 1 1 *"
          jobTemplate:
            spec: { template: { spec: { restartPolicy: Never, containers: [ { name: main, image: example.test/none:1 } ] } } }
        """;

    private static string Job(string name, string label) => $$"""
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {{name}}
          labels: { {{label}} }
        spec: { template: { spec: { restartPolicy: Never, containers: [ { name: main, image: example.test/none:1 } ] } } }
        """;
}
