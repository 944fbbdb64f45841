using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Operator.Tests.Routes;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Discovery;

/// <summary>What discovery can not read is told by an event of the exporter, and read as soon as it can be.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class DiscoveryRightsTests(RouteCluster cluster)
{
    [Fact]
    public async Task Labels_of_namespaces_that_an_operator_of_single_ones_can_not_read_are_told()
    {
        await using var world = await AnnouncingWorld.StartAsync(
            cluster, static spec => spec.Discovery.NamespaceSelector = new LabelSelector { MatchLabels = new() { ["team"] = "shop" } });
        await world.WaitForEventAsync("NamespaceLabelsUnknown");

        // Their names it knows.
        await world.ChangeExporterAsync(spec => spec["discovery"] = new JsonObject
        {
            ["namespaceSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["team"] = null, ["kubernetes.io/metadata.name"] = world.Namespace } },
        });
        await world.ApplyAsync(Annotated("orders", label: "orders"));

        await world.WaitForRouteAsync("orders");
    }

    [Fact]
    public async Task Workloads_that_are_not_listed_for_long_are_told_and_discovered_once_they_are()
    {
        // Given an operator that reads labels, and loses its rights to workloads
        const string group = "without-workloads";
        string[] rights = ["sentry-otel.dev/*", "events.k8s.io/*", "/configmaps", "/events", "/namespaces", "/secrets", "batch/*"];
        await cluster.GrantAsync(group, [.. rights, "apps/*"]);
        var clock = new FakeTimeProvider();
        await using var world = await AnnouncingWorld.StartAsync(cluster, group: group, clock: clock);
        await world.ApplyAsync(Annotated("carts", label: "carts"));
        await world.WaitForRouteAsync("carts");
        await cluster.GrantAsync(group, rights);
        await world.WaitAsync(async () => await MayListAsync(world, group) == "false", "The right is gone");

        // When the exporter asks for templates, and half a minute goes by
        await world.ApplyAsync(Annotated("orders", annotation: "orders"));
        await world.ChangeExporterAsync(static spec => spec["discovery"] = new JsonObject { ["sources"] = new JsonArray("Annotation", "Label") });
        await world.WaitForPassesAsync("discovery", 3, world.Operator!.Passes("discovery"));
        clock.Advance(TimeSpan.FromSeconds(31));

        // Then it is told, no route is made or taken for unused, and with the right it is discovered
        await world.WaitForEventAsync("WorkloadsNotListed");
        Assert.Null(await world.FindRouteAsync("orders"));
        Assert.False((await world.FindRouteAsync("carts"))!.Metadata.Annotations!.ContainsKey("sentry-otel.dev/unused-since"));
        await cluster.GrantAsync(group, [.. rights, "apps/*"]);
        await world.WaitForRouteAsync("orders");
    }

    private Task<string> MayListAsync(AnnouncingWorld world, string group) => cluster.ControlPlane.RunKubectlAsync(
        ["create", "--filename", "-", "--output", "jsonpath={.status.allowed}"],
        $$"""
        apiVersion: authorization.k8s.io/v1
        kind: SubjectAccessReview
        spec: { user: {{world.User}}, groups: [ {{group}} ], resourceAttributes: { verb: list, group: apps, resource: deployments, namespace: {{world.Namespace}} } }
        """,
        AnnouncingWorld.Cancellation);

    private static string Annotated(string name, string? label = null, string? annotation = null) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{name}}
          labels: { {{(label is null ? "" : $"service.name: {label}")}} }
        spec:
          selector: { matchLabels: { app: {{name}} } }
          template:
            metadata:
              labels: { app: {{name}} }
              annotations: { {{(annotation is null ? "" : $"resource.opentelemetry.io/service.name: {annotation}")}} }
            spec: { containers: [ { name: main, image: example.test/none:1 } ] }
        """;
}
