using System.Text.Json.Nodes;
using SentryOtel.Operator.Faults.World;

namespace SentryOtel.Operator.Faults.Scenarios;

/// <summary>The queue moves from memory to disk: the Deployment gives way to a StatefulSet.</summary>
internal sealed class StorageChange : Scenario
{
    private const string Gateway = FaultWorld.Exporter + "-gateway";

    public override string Name => "storage";

    public override async Task PrepareAsync(FaultWorld world)
    {
        await world.ApplyExporterAsync();
        await world.ApplyRouteAsync("orders", "orders");
        await world.WaitUntilDoneAsync(
            static async world => await world.IsExporterReadyAsync() && await world.IsRouteReadyAsync("orders"), "all in memory", FaultWorld.Cancellation);
    }

    public override Task ActAsync(FaultWorld world) => world.ApplyExporterAsync(new JsonObject
    {
        ["queue"] = new JsonObject { ["storage"] = "Disk", ["volumeClaim"] = new JsonObject { ["size"] = "1Gi" } },
    });

    public override async Task<bool> IsDoneAsync(FaultWorld world) =>
        await world.IsExporterReadyAsync()
        && await world.IsRouteReadyAsync("orders")
        && await world.Client.GetAsync<Kubernetes.Entities.V1Deployment>(Gateway, world.Namespace, FaultWorld.Cancellation) is null
        && await world.Client.GetAsync<Kubernetes.Entities.V1ConfigMap>(Gateway, world.Namespace, FaultWorld.Cancellation) is null;

    public override async Task VerifyAsync(FaultWorld world)
    {
        await world.AssertCreatedOnceAsync("orders", "orders");
        Assert.Single(world.Foreign.Others());
        Assert.NotNull(await world.Client.GetAsync<Kubernetes.Entities.V1StatefulSet>(Gateway, world.Namespace, FaultWorld.Cancellation));
    }
}
