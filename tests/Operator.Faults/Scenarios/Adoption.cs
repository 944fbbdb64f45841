using System.Text.Json.Nodes;
using SentryOtel.Operator.Faults.World;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Faults.Scenarios;

/// <summary>A project without a key is adopted: its platform, its team and a key of ours. And the exporter's fallback project is created, of which no object notes the intent.</summary>
internal sealed class Adoption : Scenario
{
    private const string Team = "owners";
    private const string Fallback = "unnamed";

    private long _adopted;

    public override string Name => "adoption";

    public override async Task PrepareAsync(FaultWorld world)
    {
        var state = world.Sentry.State;
        state.Teams.Create(Team);
        state.Projects.Create("Carts", "carts", platform: "java", team: "platform");
        _adopted = state.Projects.Find("carts")!.Id;
        Assert.True(state.Keys.Delete(Assert.Single(state.Keys.OfProject(_adopted)).Public));
        await world.ApplyExporterAsync();
        await world.WaitUntilDoneAsync(Objects.IsExporterReadyAsync, "the exporter", FaultWorld.Cancellation);
    }

    public override async Task ActAsync(FaultWorld world)
    {
        await world.ApplyExporterAsync(new JsonObject
        {
            ["projects"] = new JsonObject { ["adoptionPolicy"] = "Adopt", ["team"] = Team, ["platform"] = "go" },
            ["routing"] = new JsonObject { ["onMissingAttribute"] = "Fallback", ["fallbackProject"] = Fallback },
        });
        await world.ApplyRouteAsync("carts", "carts");
    }

    public override async Task<bool> IsDoneAsync(FaultWorld world) =>
        await world.IsExporterReadyAsync() && await world.IsRouteReadyAsync("carts") && (await world.SliceAsync()).Fallback is not null;

    public override async Task VerifyAsync(FaultWorld world)
    {
        var state = world.Sentry.State;
        Assert.Equal(["carts", Fallback], world.Foreign.Others().Select(static project => project.Slug).Order());

        // Adopted, and not ours
        var carts = state.Projects.Find("carts")!;
        Assert.Equal((_adopted, "go"), (carts.Id, carts.Platform));
        Assert.Equal(2, carts.TeamIds.Length);
        Assert.Contains(state.Teams.Find(Team)!.Id, carts.TeamIds);
        var key = Assert.Single(state.Keys.OfProject(_adopted));
        Assert.Equal("sentry-otel-operator", key.Name);
        Assert.False((await world.FindRouteAsync("carts"))!.Status!.Project!.Created);

        // And in the table, as is the fallback
        var slice = await world.SliceAsync();
        var entry = Assert.Single(slice.Routes);
        Assert.Equal((RouteState.Active, $"{_adopted}", key.Public), (entry.State, entry.Target?.ProjectId, entry.Target?.PublicKey));
        var fallback = state.Projects.Find(Fallback)!;
        Assert.Equal($"{fallback.Id}", slice.Fallback!.ProjectId);
        Assert.Contains(state.Keys.OfProject(fallback.Id), known => known.Public == slice.Fallback.PublicKey);
    }
}
