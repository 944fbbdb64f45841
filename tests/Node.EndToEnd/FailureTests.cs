using System.Text.Json.Nodes;
using SentryOtel.Node.EndToEnd.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd;

/// <summary>What happens to it, while services send.</summary>
public sealed class FailureTests(World world) : NodeTest(world)
{
    /// <summary>The namespace with the queue on a volume.</summary>
    internal const string Durable = "durable";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_gateway_with_a_disk_queue_loses_nothing_that_it_has_taken()
    {
        // Given an exporter with a queue on a volume, and a service whose Sentry project takes nothing: all that it hands over is on the volume
        const string Token = "sntryi_node_durable";
        World.Sentry.State.Tokens.Grant(Token, "org:read", "project:read", "project:write", "project:admin", "team:read");
        await NeedsVolumesAsync();
        await Journey.CreateExporterAsync(Durable, "kept", Token, "queue: {storage: Disk, volumeClaim: {size: 1Gi}}");
        Journey.OtherNamespaces.Add(Durable);
        await Journey.ExporterReadyAsync(Durable, "kept");
        await Journey.StartWorkloadAsync(Durable, "ledger", "grpc", "kept");
        await Journey.LabelAsync(Durable, "ledger");
        await Journey.RoutesReadyAsync(Durable, "ledger");
        await Journey.WorkloadRunsAsync(Durable, "ledger");
        await Ledger.BalancesAsync(Durable, "ledger");
        var project = World.Sentry.State.Projects.Find("ledger")!;
        var outage = World.Sentry.Faults.Enqueue(new Fault
        {
            Path = $"/api/{project.Id}/**",
            Side = ServerSide.Ingest,
            Count = null,
            Answer = new FaultAnswer { Status = 503 },
        });
        await Ledger.ProgressAsync(Durable, "ledger", 10);
        var arrived = Ledger.Arrived("ledger");
        await Ledger.ProgressAsync(Durable, "ledger", 100);
        Assert.Equal(arrived, Ledger.Arrived("ledger"));

        // When the gateway is killed, and Sentry takes data again once it is back
        var gateway = (string)Assert.Single(await Journey.GatewaysAsync(Durable, "kept"))["metadata"]!["name"]!;
        await KillAsync(gateway);
        await Eventually.HoldsAsync(async () => IsBack(Assert.Single(await Journey.GatewaysAsync(Durable, "kept"))), Patience, "the gateway's return", Cancellation);
        World.Sentry.Faults.Remove(outage.Id);

        // Then all of it arrives
        await Ledger.BalancesAsync(Durable, "ledger", spans: 50, twice: true);
        await World.KubectlAsync(["delete", "deployment/ledger", "--namespace", Durable, "--wait=false"]);
    }

    [Fact]
    public async Task Restart_of_kubelet_and_containerd_is_not_noticed_by_services()
    {
        Assert.SkipWhen(World.Node is null, "The nodes of the current context are not the test's to restart.");

        await World.Node!.RestartAsync(Cancellation);

        await Journey.ExporterReadyAsync(Journey.Namespace, "sentry");
        await Journey.RoutesReadyAsync(Journey.Namespace, "orders");
    }

    private async Task KillAsync(string pod)
    {
        Expect(pod);
        if (World.Node is { } node)
        {
            Assert.Equal(1, await node.KillContainersAsync(Durable, pod, Cancellation));
            // Until the kubelet has seen it the old state is what the server tells.
            await Eventually.HoldsAsync(
                async () => (int?)Assert.Single(await Journey.GatewaysAsync(Durable, "kept"))["status"]!["containerStatuses"]![0]!["restartCount"] == 1, Patience, "a restart", Cancellation);
        }
        else
        {
            await World.KubectlAsync(["delete", "pod", pod, "--namespace", Durable, "--grace-period=0", "--force"]);
        }
    }

    private static bool IsBack(JsonNode pod) => (bool?)pod["status"]!["containerStatuses"]?[0]?["ready"] == true;

    private async Task NeedsVolumesAsync()
    {
        var classes = JsonNode.Parse(await World.KubectlAsync(["get", "storageclasses", "--output=json"]))!["items"]!.AsArray();
        Assert.SkipUnless(
            World.Node is not null || classes.Any(static found => (string?)found!["metadata"]!["annotations"]?["storageclass.kubernetes.io/is-default-class"] == "true"),
            "The current context has no default StorageClass (kubectl get storageclasses): nothing provides the queue's volume.");
    }
}
