using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.Cluster.Objects;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster;

/// <summary>Registers a node and keeps its status and lease fresh; without that the controllers would evict its pods.</summary>
internal sealed class NodeRegistration(IKubernetesClient client, string name) : IAsyncDisposable
{
    private const int LeaseSeconds = 40;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Returns when the node is there and Ready.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        await client.ApplyAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Node",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["labels"] = new JsonObject
                    {
                        ["kubernetes.io/hostname"] = name,
                        ["kubernetes.io/os"] = "linux",
                        ["kubernetes.io/arch"] = "amd64",
                    },
                },
            },
            new ApplyOptions { FieldManager = "kubelet", Force = true },
            cancellationToken);
        await ReportAsync(cancellationToken);
        _running = RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await ReportAsync(cancellationToken);
                }
                catch (Exception e) when (ApiFailure.IsExpected(e))
                {
                    // The API server is away: the next report follows soon, and a node may be silent for 40 s.
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node is being shut down.
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        await client.PatchAsync<V1Node>(
            name,
            null,
            new JsonObject { ["status"] = Status(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)) },
            new PatchOptions { Subresource = "status", FieldManager = "kubelet" },
            cancellationToken);
        await client.ApplyAsync(
            new V1Lease
            {
                Metadata = new V1ObjectMeta { Name = name, Namespace = "kube-node-lease" },
                Spec = new V1LeaseSpec { HolderIdentity = name, LeaseDurationSeconds = LeaseSeconds, RenewTime = now },
            },
            new ApplyOptions { FieldManager = "kubelet", Force = true },
            cancellationToken);
    }

    private JsonObject Status(string now)
    {
        JsonObject Condition(string type, string status, string reason) => new()
        {
            ["type"] = type,
            ["status"] = status,
            ["reason"] = reason,
            ["lastHeartbeatTime"] = now,
            ["lastTransitionTime"] = _since ??= now,
        };
        JsonObject Resources() => new() { ["cpu"] = "64", ["memory"] = "256Gi", ["ephemeral-storage"] = "256Gi", ["pods"] = "110" };
        return new JsonObject
        {
            ["capacity"] = Resources(),
            ["allocatable"] = Resources(),
            ["addresses"] = new JsonArray(
                new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.0.1" },
                new JsonObject { ["type"] = "Hostname", ["address"] = name }),
            ["conditions"] = new JsonArray(
                Condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
                Condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
                Condition("PIDPressure", "False", "KubeletHasSufficientPID"),
                Condition("Ready", "True", "KubeletReady")),
        };
    }

    private string? _since;
}
