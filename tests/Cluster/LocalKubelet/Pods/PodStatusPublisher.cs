using System.Text.Json.Nodes;
using System.Threading.Channels;
using SentryOtel.Cluster.Objects;
using SentryOtel.Kubernetes.Client;

namespace SentryOtel.Cluster.Pods;

/// <summary>Writes a pod's status whenever it differs from what was written last.</summary>
internal sealed class PodStatusPublisher(
    PodObject pod, string podIP, IReadOnlyList<ContainerWorker> containers, IKubernetesClient client, NodeLog log)
{
    private readonly Channel<bool> _changes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly PodStatus _status = new(podIP, TimeProvider.System.GetUtcNow());
    private volatile bool _complete;
    private string? _written;

    /// <summary>The state of a container may have changed.</summary>
    internal void Changed() => _changes.Writer.TryWrite(true);

    /// <summary>Writes until <see cref="CompleteAsync"/>, or until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var last = _complete;
                await WriteAsync(cancellationToken);
                if (last)
                {
                    return;
                }
                await _changes.Reader.ReadAsync(cancellationToken);
            }
        }
        catch (KubernetesException e) when (e.IsNotFound || e.IsConflict || (e.IsInvalid && e.Message.Contains("metadata.uid", StringComparison.Ordinal)))
        {
            // The object is gone, or another pod has its name: nobody is left to tell. An API server may call the other one's uid invalid instead.
        }
        catch (KubernetesException e)
        {
            log.Write($"{pod.Namespace}/{pod.Name}: status refused: {e.Message}");
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node is being shut down.
        }
    }

    /// <summary>Writes the last state, then ends.</summary>
    internal async Task CompleteAsync(Task running)
    {
        _complete = true;
        Changed();
        await running;
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var status = _status.Compose(containers, TimeProvider.System.GetUtcNow());
        var text = status.ToJsonString();
        if (text == _written)
        {
            return;
        }
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = pod.Uid }, ["status"] = status };
        await ApiFailure.RetryAsync(
            () => client.PatchAsync<PodObject>(
                pod.Name, pod.Namespace, patch, new PatchOptions { Subresource = "status", FieldManager = "kubelet" }, cancellationToken),
            cancellationToken);
        _written = text;
    }
}
