using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster.StandIn;

/// <summary>
/// Gateways that are words only: their pods are reported ready, as a kubelet does, and each routing table is acknowledged in a Lease, as the gateway does that
/// has loaded it. For tests that are about the operator.
/// </summary>
public sealed class StandInGateways : IAsyncDisposable
{
    private const string Exporter = "sentry-otel.dev/exporter";
    private const string Generation = "sentry-otel.dev/routing-table-generation";
    private const string Component = "app.kubernetes.io/component";
    private const string Document = "routes.json";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly IKubernetesClient _client;
    private readonly string? _namespace;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly Task _running;

    /// <param name="client">The API server as administrator; the caller's to dispose, afterwards.</param>
    /// <param name="namespace">Where; null for everywhere.</param>
    public StandInGateways(IKubernetesClient client, string? @namespace)
    {
        (_client, _namespace) = (client, @namespace);
        _running = Task.WhenAll(
            Task.Run(() => StopTogetherAsync(FollowAsync<V1Pod>($"{Component}=gateway", ReportAsync))),
            Task.Run(() => StopTogetherAsync(FollowAsync<V1ConfigMap>($"{Component}=routing-table,{Exporter}", AcknowledgeAsync))));
    }

    /// <summary>Ends when these gateways do; faulted when something went wrong on the way. Who waits for what they report looks at it, or waits for ever.</summary>
    public Task Completion => _running;

    /// <summary>Stops; throws what went wrong on the way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task StopTogetherAsync(Task following)
    {
        try
        {
            await following;
        }
        finally
        {
            await _stop.CancelAsync();
        }
    }

    private async Task FollowAsync<T>(string selector, Func<T, Task> handle)
        where T : class, IKubernetesObject
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var list = await _client.ListAllAsync<T>(_namespace, new ListOptions { LabelSelector = selector }, _stop.Token);
                foreach (var item in list.Items)
                {
                    await handle(item);
                }

                var options = new WatchOptions { LabelSelector = selector, ResourceVersion = list.ResourceVersion };
                await foreach (var change in _client.WatchAsync<T>(_namespace, options, _stop.Token))
                {
                    if (change.Type is WatchEventType.Added or WatchEventType.Modified)
                    {
                        await handle(change.Entity!);
                    }
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is KubernetesException { IsGone: true } or KubernetesException { IsTransient: true } or HttpRequestException or IOException or TimeoutException)
            {
                // The server was away, or the watch is too old: from the list again.
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    private async Task ReportAsync(V1Pod pod)
    {
        if (pod.Status?.Phase != "Pending" || pod.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        var ready = JsonNode.Parse("""{"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}""")!.AsObject();
        try
        {
            await _client.PatchAsync<V1Pod>(pod.Metadata.Name!, pod.Metadata.Namespace, ready, new PatchOptions { Subresource = "status" }, CancellationToken.None);
        }
        catch (KubernetesException exception) when (exception.IsNotFound)
        {
            // It went while it was looked at, as pods of a workload that is removed do.
        }
    }

    private async Task AcknowledgeAsync(V1ConfigMap table)
    {
        if (table.Data?.TryGetValue(Document, out var text) != true || table.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        using var document = JsonDocument.Parse(text!);
        var generation = document.RootElement.GetProperty("generation").GetInt64();
        var exporter = table.Metadata.Labels![Exporter];
        var gateway = $"{table.Metadata.Namespace}/{exporter}";
        if (_acknowledged.GetValueOrDefault(gateway, -1) >= generation)
        {
            return;
        }

        _acknowledged[gateway] = generation;
        var lease = new V1Lease
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{exporter}-gateway-0",
                Namespace = table.Metadata.Namespace,
                Labels = new Dictionary<string, string> { [Exporter] = exporter, [Component] = "gateway" },
                Annotations = new Dictionary<string, string> { [Generation] = generation.ToString(CultureInfo.InvariantCulture) },
            },
            Spec = new V1LeaseSpec { HolderIdentity = "stand-in", LeaseDurationSeconds = 24 * 3600, RenewTime = TimeProvider.System.GetUtcNow() },
        };
        await _client.ApplyAsync(lease, new ApplyOptions { FieldManager = "stand-in-gateway", Force = true }, CancellationToken.None);
    }
}
