using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Pods;
using SentryOtel.Cluster.Processes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster;

/// <summary>
/// A node that runs pods as local processes: it binds them, materialises their volumes, sets their environment, runs their HTTP
/// probes, restarts what crashes, reports their true status and ends them gracefully. Each pod has a loopback address of its own
/// (127.x.y.N), its service account's rights through KUBECONFIG, and its program in place of an image.
/// <para>Not there: isolation, init containers, lifecycle hooks, probes other than httpGet (such a container waits and its status
/// says why), cluster IPs, and Endpoints (the API server refuses loopback addresses in them): clients use the pods' addresses.</para>
/// </summary>
public sealed class LocalKubelet : IAsyncDisposable
{
    private readonly LocalKubeletOptions _options;
    private readonly KubernetesClient _client;
    private readonly KubeletContext _context;
    private readonly ObjectCache<PodObject> _pods;
    private readonly NodeRegistration _node;
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new();
    private readonly ConcurrentDictionary<string, Task> _background = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();

    private LocalKubelet(KubeletAccess access, LocalKubeletOptions options)
    {
        _options = options;
        _client = new KubernetesClient(
            access.Configuration,
            new KubernetesClientOptions
            {
                UserAgent = "local-kubelet",
                JsonTypeInfoResolvers = [new DefaultJsonTypeInfoResolver()],
            });
        Directory.CreateDirectory(access.Folder);
        _context = new KubeletContext(
            options,
            _client,
            access.Server,
            access.CertificateAuthorityPem,
            new ObjectCache<V1ConfigMap>(_client),
            new ObjectCache<V1Secret>(_client),
            access.Folder,
            new PodAddresses(),
            new NodeLog(Path.Combine(access.Folder, "kubelet.log")));
        _pods = new ObjectCache<PodObject>(_client);
        _node = new NodeRegistration(_client, options.NodeName);
        _pods.Changed += PodChanged;
        _pods.Removed += PodRemoved;
        if (options.SyncFrequency is null)
        {
            _context.ConfigMaps.Changed += map => ObjectChanged(map.Metadata.Namespace);
            _context.Secrets.Changed += secret => ObjectChanged(secret.Metadata.Namespace);
        }
    }

    /// <summary>Registers the node and starts to run pods; the node is Ready when this returns.</summary>
    /// <param name="controlPlane">The control plane; it must outlive the node.</param>
    /// <param name="options">Which images it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<LocalKubelet> StartAsync(
        ControlPlane controlPlane, LocalKubeletOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return StartAsync(KubeletAccess.Of(controlPlane, options.NodeName), options, cancellationToken);
    }

    /// <summary>As above, for any cluster.</summary>
    /// <param name="access">How the API server is reached.</param>
    /// <param name="options">Which images the node has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LocalKubelet> StartAsync(
        KubeletAccess access, LocalKubeletOptions options, CancellationToken cancellationToken = default)
    {
        var kubelet = new LocalKubelet(access, options);
        try
        {
            await kubelet._node.StartAsync(cancellationToken);
            await kubelet._context.ConfigMaps.StartAsync(cancellationToken);
            await kubelet._context.Secrets.StartAsync(cancellationToken);
            await kubelet._pods.StartAsync(cancellationToken);
            return kubelet;
        }
        catch
        {
            await kubelet.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the node itself did and could not do.</summary>
    public string OwnLogPath => _context.Log.Path;

    /// <summary>Where the pods' logs are: <c>NAMESPACE/POD/CONTAINER.log</c>.</summary>
    public string LogFolder => _context.LogFolder;

    /// <summary>The log of a pod's container; of its first one when none is named. It outlives the pod.</summary>
    public string LogPath(string @namespace, string pod, string? container = null)
    {
        container ??= _pods.Find(@namespace, pod)?.Spec.Containers[0].Name
            ?? Directory.EnumerateFiles(Path.GetDirectoryName(_context.LogPath(@namespace, pod, "any"))!, "*.log")
                .Select(Path.GetFileNameWithoutExtension).First();
        return _context.LogPath(@namespace, pod, container!);
    }

    /// <summary>The process that runs as a pod's container now (its first one when none is named); null when none runs.</summary>
    public LocalProcess? Process(string @namespace, string pod, string? container = null) =>
        _workers.Values.FirstOrDefault(worker => worker.Pod.Namespace == @namespace && worker.Pod.Name == pod)?.Process(container);

    /// <summary>Kills all pods' processes and stops reporting, as a node that loses its power; the objects stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pods.DisposeAsync();
        await _context.ConfigMaps.DisposeAsync();
        await _context.Secrets.DisposeAsync();
        await _node.DisposeAsync();
        foreach (var worker in _workers.Values)
        {
            await worker.DisposeAsync();
        }
        await Task.WhenAll(_background.Values);
        _client.Dispose();
        _stop.Dispose();
    }

    private void PodChanged(PodObject pod)
    {
        if (string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            if (_options.BindPods && pod.Metadata.DeletionTimestamp is null
                && pod.Spec.Containers.All(container => _options.Images.ContainsKey(ImageReference.Repository(container.Image))))
            {
                InBackground("bind " + pod.Uid, BindAsync(pod));
            }
            return;
        }
        if (pod.Spec.NodeName != _options.NodeName)
        {
            return;
        }
        lock (_gate)
        {
            if (!_workers.TryGetValue(pod.Uid, out var worker))
            {
                worker = _workers[pod.Uid] = new PodWorker(pod, _context);
                worker.Start();
            }
            else if (worker.TakesAnnotations(pod))
            {
                InBackground("sync " + pod.Uid, worker.RefreshRunningAsync());
            }
            if (pod.Metadata.DeletionTimestamp is not null)
            {
                worker.Stop(TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? 0));
            }
        }
    }

    private void PodRemoved(PodObject pod)
    {
        if (_workers.TryRemove(pod.Uid, out var worker))
        {
            worker.Kill();
            InBackground("end " + pod.Uid, worker.DisposeAsync().AsTask());
        }
    }

    private void ObjectChanged(string? @namespace)
    {
        foreach (var worker in _workers.Values.Where(worker => worker.Pod.Namespace == @namespace))
        {
            InBackground("refresh " + worker.Pod.Uid, worker.RefreshRunningAsync());
        }
    }

    private async Task BindAsync(PodObject pod)
    {
        try
        {
            await _client.BindPodAsync(pod.Namespace, pod.Name, _options.NodeName, _stop.Token);
        }
        catch (Exception e) when (ApiFailure.IsExpected(e) || e is OperationCanceledException)
        {
            // Bound or deleted by somebody else; or the server is away, and the pod comes again when the watch starts over.
            _context.Log.Write($"{pod.Namespace}/{pod.Name}: not bound: {e.Message}");
        }
    }

    private void InBackground(string name, Task task) => _background.AddOrUpdate(
        name, task, (_, earlier) => Task.WhenAll(earlier.IsCompletedSuccessfully ? Task.CompletedTask : earlier, task));
}
