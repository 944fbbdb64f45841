using System.Text.Json.Nodes;
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
        await using var world = await AnnouncingWorld.StartAsync(cluster, grace: "2s");
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
        await using var world = await AnnouncingWorld.StartAsync(cluster, grace: "1ms");
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
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Projects.MaxAutoCreated = 2, "1ms");
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
    public async Task Services_are_named_by_templates_where_an_exporter_asks_for_it_and_only_then_are_templates_read()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster);
        await world.ApplyAsync(Templated("by-annotation", annotation: "annotated"));
        await world.ApplyAsync(Templated("by-environment", variable: "from-environment"));
        await world.ApplyAsync(Deployment("by-label", "service.name: labelled"));
        await world.WaitForRouteAsync("labelled");
        Assert.Null(await world.FindRouteAsync("annotated"));
        Assert.Equal(1, world.Operator!.Lists("deployments.apps"));

        await world.ChangeExporterAsync(static spec => spec["discovery"] = new JsonObject { ["sources"] = new JsonArray("Annotation", "Environment", "AppName", "Label") });
        await world.WaitForRouteAsync("annotated");
        await world.WaitForRouteAsync("from-environment");
        Assert.False((await world.FindRouteAsync("labelled"))!.Metadata.Annotations!.ContainsKey(Unused));
        Assert.True(world.Operator.Lists("deployments.apps") > 1);

        // A template that changes wakes discovery, as a workload that comes does.
        await world.ApplyAsync(Templated("by-environment", variable: "renamed"));
        await world.WaitForRouteAsync("renamed");
        await world.WaitForRouteAsync("from-environment", static route => route.Metadata.Annotations!.ContainsKey(Unused), "is marked");
        await world.ApplyAsync(Templated("by-app", app: "app"));
        await world.WaitForRouteAsync("app");
    }

    [Fact]
    public async Task A_restarted_operator_takes_no_route_for_unused_before_it_has_read_the_templates()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Discovery.Sources = [DiscoverySource.Annotation], "1ms");
        await world.ApplyAsync(Templated("orders", annotation: "orders"));
        var before = await world.WaitForRouteAsync("orders");
        await world.StopOperatorAsync();

        await world.StartOperatorAsync();
        await world.ApplyAsync(Templated("carts", annotation: "carts"));
        await world.WaitForRouteAsync("carts");

        Assert.Equal(before.Metadata.ResourceVersion, (await world.FindRouteAsync("orders"))!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_name_from_elsewhere_and_a_service_that_is_kept_out_are_told_by_events()
    {
        await using var world = await AnnouncingWorld.StartAsync(cluster, static spec =>
        {
            spec.Discovery.Sources = [DiscoverySource.Environment, DiscoverySource.Annotation];
            spec.Projects.AllowedServices = ["shop-*"];
        });
        await world.ApplyAsync(Templated("by-reference", variable: "$(POD)-api"));
        await world.ApplyAsync(Templated("other", annotation: "billing"));
        await world.ApplyAsync(Templated("orders", annotation: "shop-orders"));

        await world.WaitForRouteAsync("shop-orders");
        await world.WaitForEventAsync("ServiceNameNotRead");
        await world.WaitForEventAsync("ServiceNotAllowed");
        Assert.Null(await world.FindRouteAsync("billing"));
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

    private static string Templated(string name, string? annotation = null, string? variable = null, string? app = null)
    {
        var label = app is null ? "" : $", app.kubernetes.io/name: {app}";
        var note = annotation is null ? "" : $"resource.opentelemetry.io/service.name: {annotation}";
        var environment = variable is null ? "[]" : $"[ {{ name: OTEL_SERVICE_NAME, value: {variable} }} ]";
        return $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {{name}}
            spec:
              selector: { matchLabels: { app: {{name}} } }
              template:
                metadata:
                  labels: { app: {{name}}{{label}} }
                  annotations: { {{note}} }
                spec: { containers: [ { name: main, image: example.test/none:1, env: {{environment}} } ] }
            """;
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
