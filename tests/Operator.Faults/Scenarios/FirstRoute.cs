using System.Text.Json.Nodes;
using SentryOtel.Operator.Faults.World;

namespace SentryOtel.Operator.Faults.Scenarios;

/// <summary>From nothing: an exporter, a route whose project has to be created, and one that refers to somebody else's.</summary>
internal sealed class FirstRoute : Scenario
{
    public override string Name => "first-route";

    public override async Task ActAsync(FaultWorld world)
    {
        await world.ApplyExporterAsync();
        await world.ApplyRouteAsync("orders", "orders");
        await world.ApplyRouteAsync("old", ForeignProjects.Referenced, new JsonObject { ["adoptionPolicy"] = "Reference", ["deletionPolicy"] = "Delete" });
    }

    public override async Task<bool> IsDoneAsync(FaultWorld world) =>
        await world.IsExporterReadyAsync() && await world.IsRouteReadyAsync("orders") && await world.IsRouteReadyAsync("old");

    public override async Task VerifyAsync(FaultWorld world)
    {
        await world.AssertCreatedOnceAsync("orders", "orders");
        Assert.Single(world.Foreign.Others());
        Assert.False((await world.FindRouteAsync("old"))!.Status!.Project!.Created);
        Assert.Equal(["old", "orders"], (await world.TableAsync()).Select(static entry => entry.Value));
    }
}
