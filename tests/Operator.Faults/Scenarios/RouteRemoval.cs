using System.Text.Json.Nodes;
using SentryOtel.Operator.Faults.World;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Faults.Scenarios;

/// <summary>Three routes with deletionPolicy Delete go: one with a project of its own, one whose project another route shares, one whose project is somebody else's.</summary>
internal sealed class RouteRemoval : Scenario
{
    private static readonly JsonObject Delete = new() { ["deletionPolicy"] = "Delete" };

    public override string Name => "removal";

    public override async Task PrepareAsync(FaultWorld world)
    {
        await world.ApplyExporterAsync();
        await world.ApplyRouteAsync("orders", "orders", Delete);
        await world.ApplyRouteAsync("shared", "shared", Delete);
        await world.ApplyRouteAsync("old", ForeignProjects.Referenced, Delete);
        await world.WaitUntilDoneAsync(
            static async world => await world.IsExporterReadyAsync() && await world.IsRouteReadyAsync("orders") && await world.IsRouteReadyAsync("shared") && await world.IsRouteReadyAsync("old"),
            "three routes",
            FaultWorld.Cancellation);
        await world.ApplyRouteAsync("sharer", "shared");
        await world.WaitUntilDoneAsync(static world => world.IsRouteReadyAsync("sharer"), "the fourth route", FaultWorld.Cancellation);
    }

    public override async Task ActAsync(FaultWorld world)
    {
        await world.DeleteRouteAsync("orders");
        await world.DeleteRouteAsync("shared");
        await world.DeleteRouteAsync("old");
    }

    public override async Task<bool> IsDoneAsync(FaultWorld world)
    {
        foreach (var route in new[] { "orders", "shared", "old" })
        {
            if (await world.FindRouteAsync(route) is not null)
            {
                return false;
            }
        }

        return await world.IsExporterReadyAsync() && await world.IsRouteReadyAsync("sharer") && (await world.TableAsync()).Count == 1;
    }

    public override async Task VerifyAsync(FaultWorld world)
    {
        Assert.Equal("sharer", Assert.Single(await world.TableAsync()).Value);
        var projects = world.Foreign.Others();
        var deleted = Assert.Single(projects, static project => project.Status == ProjectStatus.PendingDeletion);
        Assert.Contains("orders", deleted.PreviousSlugs);
        Assert.Equal("shared", Assert.Single(projects, static project => project.Status == ProjectStatus.Active).Slug);
        var deletes = world.Sentry.State.Requests.All(ServerSide.Management).Where(static request => request.Method == "DELETE" && request.Status < 300);
        Assert.Contains($"/{deleted.Id}/", Assert.Single(deletes).Path, StringComparison.Ordinal);
    }
}
