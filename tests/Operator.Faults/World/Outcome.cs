using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Faults.World;

/// <summary>What must hold of a world in the end, wherever the operator died on the way.</summary>
internal static class Outcome
{
    private const string MarkerPrefix = "sentry-otel-operator/";

    // Leases are the stand-in's; claims belong to the StatefulSet.
    private const string Kinds =
        "sentryexporters,sentryprojectroutes,deployments,statefulsets,services,configmaps,serviceaccounts,roles,rolebindings,poddisruptionbudgets,horizontalpodautoscalers,networkpolicies,ingresses";

    /// <summary>A route's project: there once, known to the route as its own, marked once, and in the table with the key that marks it.</summary>
    public static async Task<Project> AssertCreatedOnceAsync(this FaultWorld world, string routeName, string slug)
    {
        var project = Assert.Single(world.Foreign.Others(), project => project.Slug == slug || project.PreviousSlugs.Contains(slug));
        Assert.Equal((slug, ProjectStatus.Active), (project.Slug, project.Status));
        var route = (await world.FindRouteAsync(routeName))!;
        Assert.Equal(($"{project.Id}", true), (route.Status!.Project!.Id, route.Status.Project.Created));

        var marker = Assert.Single(world.Sentry.State.Keys.OfProject(project.Id), static key => key.Name.StartsWith(MarkerPrefix, StringComparison.Ordinal));
        Assert.Equal(MarkerPrefix + route.Metadata.Uid, marker.Name);

        var entry = Assert.Single(await world.TableAsync(), entry => entry.Value == route.Spec.AttributeValue);
        Assert.Equal((RouteState.Active, $"{project.Id}", marker.Public), (entry.State, entry.Target?.ProjectId, entry.Target?.PublicKey));
        return project;
    }

    /// <summary>The routing table's entries.</summary>
    public static async Task<IReadOnlyList<RouteEntry>> TableAsync(this FaultWorld world) => (await world.SliceAsync()).Routes;

    /// <summary>The routing table, which is in one piece.</summary>
    public static async Task<RoutingTableSlice> SliceAsync(this FaultWorld world)
    {
        var map = await world.Client.GetAsync<V1ConfigMap>($"{FaultWorld.Exporter}-routes", world.Namespace, FaultWorld.Cancellation);
        Assert.True(RoutingTableJson.TryParse(Encoding.UTF8.GetBytes(map!.Data![RoutingTableJson.DocumentKey]), out var slice, out var error), error);
        Assert.Equal(1, slice.SliceCount);
        return slice;
    }

    /// <summary>All objects of the namespace by kind and name, each of which that has an owner has an exporter that is there.</summary>
    public static async Task<IReadOnlyList<string>> InventoryAsync(this FaultCluster cluster, string space)
    {
        var list = JsonNode.Parse(await cluster.ControlPlane.RunKubectlAsync(["get", Kinds, "--namespace", space, "--output", "json"], null, FaultWorld.Cancellation))!;
        var items = list["items"]!.AsArray().Select(static item => item!).ToList();
        var exporters = items.Where(static item => (string?)item["kind"] == "SentryExporter").Select(static item => (string?)item["metadata"]!["uid"]).ToList();
        var owners = items.SelectMany(static item => item["metadata"]!["ownerReferences"]?.AsArray() ?? []).Select(static owner => (string?)owner!["uid"]);
        Assert.All(owners, uid => Assert.Contains(uid, exporters));
        Assert.All(items, static item => Assert.Null(item["metadata"]!["deletionTimestamp"]));
        return [.. items.Select(static item => $"{item["kind"]} {item["metadata"]!["name"]}").Order(StringComparer.Ordinal)];
    }
}
