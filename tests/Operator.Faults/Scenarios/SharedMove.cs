using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Faults.Proxy;
using SentryOtel.Operator.Faults.World;

namespace SentryOtel.Operator.Faults.Scenarios;

/// <summary>An exporter with a gateway of its own becomes the guest of one that another exporter lends: it is served there, and then its own goes.</summary>
internal sealed class SharedMove : Scenario
{
    // Before the mover by name, should both be of one second.
    private const string Host = "elder";
    private const string Own = FaultWorld.Exporter + "-gateway";

    private static readonly JsonObject Shared = new() { ["gateway"] = new JsonObject { ["shared"] = true } };

    public override string Name => "sharing";

    public override async Task PrepareAsync(FaultWorld world)
    {
        await world.ApplyExporterAsync(Shared, Host);
        await world.ApplyExporterAsync();
        await world.ApplyRouteAsync("orders", "orders");
        await world.WaitUntilDoneAsync(AllReadyAsync, "both exporters", FaultWorld.Cancellation);
    }

    // The host's status tells of the pods that are replaced, for as long as that takes: nothing of it changes for good.
    public override bool IsCertain(Step step) => base.IsCertain(step) && !step.Name.EndsWith($"sentryexporters/{Host}/status", StringComparison.Ordinal);

    public override Task ActAsync(FaultWorld world) => world.ApplyExporterAsync(Shared);

    public override async Task<bool> IsDoneAsync(FaultWorld world) =>
        await AllReadyAsync(world) && await FindAsync<V1Deployment>(world, Own) is null && await FindAsync<V1Service>(world, Own) is null;

    public override async Task VerifyAsync(FaultWorld world)
    {
        await world.AssertCreatedOnceAsync("orders", "orders");
        Assert.Single(world.Foreign.Others());
        var gateway = (await FindAsync<V1Deployment>(world, "sentry-otel-shared"))!;
        Assert.Equal(Host, Assert.Single(gateway.Metadata.OwnerReferences!, static owner => owner.Controller == true).Name);
    }

    private static async Task<bool> AllReadyAsync(FaultWorld world) =>
        await world.IsExporterReadyAsync(Host) && await world.IsExporterReadyAsync() && await world.IsRouteReadyAsync("orders");

    private static Task<T?> FindAsync<T>(FaultWorld world, string name)
        where T : class, IKubernetesObject => world.Client.GetAsync<T>(name, world.Namespace, FaultWorld.Cancellation);
}
