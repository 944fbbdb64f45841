using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Operator.Faults.World;

namespace SentryOtel.Operator.Faults.Scenarios;

/// <summary>A workload is labelled: it gets a route, and that its project.</summary>
internal sealed class DiscoveredRoute : Scenario
{
    public override string Name => "discovery";

    public override async Task PrepareAsync(FaultWorld world)
    {
        await world.ApplyExporterAsync();
        await world.WaitUntilDoneAsync(Objects.IsExporterReadyAsync, "the exporter", FaultWorld.Cancellation);
    }

    public override Task ActAsync(FaultWorld world) => world.Client.ApplyAsync(
        JsonNode.Parse(
            $$$"""
            {
              "apiVersion": "apps/v1", "kind": "Deployment",
              "metadata": {"name": "orders", "namespace": "{{{world.Namespace}}}", "labels": {"service.name": "orders"}},
              "spec": {
                "replicas": 0, "selector": {"matchLabels": {"app": "orders"}},
                "template": {"metadata": {"labels": {"app": "orders"}}, "spec": {"containers": [{"name": "orders", "image": "orders:1"}]}}
              }
            }
            """)!.AsObject(),
        new ApplyOptions { FieldManager = "test" },
        FaultWorld.Cancellation);

    public override async Task<bool> IsDoneAsync(FaultWorld world) =>
        await world.IsExporterReadyAsync() && await FindAsync(world) is { } route && await world.IsRouteReadyAsync(route);

    public override async Task VerifyAsync(FaultWorld world)
    {
        await world.AssertCreatedOnceAsync((await FindAsync(world))!, "orders");
        Assert.Single(world.Foreign.Others());
        Assert.Single(await world.TableAsync());
    }

    /// <summary>The name of the one route; null when there is none.</summary>
    private static async Task<string?> FindAsync(FaultWorld world)
    {
        var routes = await world.Client.ListAllAsync<Crds.SentryProjectRoute>(world.Namespace, null, FaultWorld.Cancellation);
        return routes.Items.SingleOrDefault()?.Metadata.Name;
    }
}
