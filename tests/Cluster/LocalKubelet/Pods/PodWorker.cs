using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Processes;
using SentryOtel.Cluster.Volumes;
using SentryOtel.Kubernetes.Client;

namespace SentryOtel.Cluster.Pods;

/// <summary>Runs one pod from its arrival at the node until its object is gone.</summary>
internal sealed class PodWorker : IAsyncDisposable
{
    private static readonly TimeSpan DefaultSyncFrequency = TimeSpan.FromSeconds(10);

    private readonly KubeletContext _context;
    private readonly PodObject _pod;
    private readonly string _podIP;
    private readonly string _folder;
    private readonly PodVolumes _volumes;
    private readonly VolumeFiles _files;
    private readonly PodServiceAccount _account;
    private readonly PodStatusPublisher _status;
    private readonly List<ContainerWorker> _containers;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private IDictionary<string, string> _annotations;
    private TimeSpan _grace;
    private bool _objectIsGone;
    private Task _running = Task.CompletedTask;

    internal PodWorker(PodObject pod, KubeletContext context)
    {
        _pod = pod;
        _context = context;
        _annotations = AnnotationsOf(pod);
        _podIP = context.Addresses.Next();
        _folder = context.PodFolder(pod.Uid);
        _volumes = new PodVolumes(pod, Path.Combine(_folder, "volumes"), context.ClaimsFolder);
        var tokens = new ServiceAccountTokens(context.Client, pod.Namespace, pod.Spec.ServiceAccountName);
        _files = new VolumeFiles(pod, _podIP, context.ConfigMaps, context.Secrets, tokens, _volumes.AllPaths);
        _account = new PodServiceAccount(pod, Path.Combine(_folder, "service-account"), context.Server, context.AuthorityPem, tokens);
        _containers = [.. pod.Spec.Containers.Select(container => new ContainerWorker(
            container,
            pod.Spec.RestartPolicy,
            _podIP,
            context.LogPath(pod.Namespace, pod.Name, container.Name),
            context.Options.RestartBackOff,
            PrepareAsync,
            ContainerChanged))];
        _status = new PodStatusPublisher(pod, _podIP, _containers, context.Client, context.Log);
    }

    internal PodObject Pod => _pod;

    /// <summary>The running process of a container; null for the first container.</summary>
    internal LocalProcess? Process(string? container) =>
        _containers.FirstOrDefault(worker => container is null || worker.Container.Name == container)?.Process;

    internal void Start() => _running = RunAsync();

    /// <summary>The object is being deleted: the containers get this long to end.</summary>
    internal void Stop(TimeSpan grace)
    {
        _grace = grace;
        _stop.Cancel();
    }

    /// <summary>The object is gone already (deleted with force): nothing is owed to it.</summary>
    internal void Kill()
    {
        _objectIsGone = true;
        Stop(TimeSpan.Zero);
    }

    /// <summary>Takes the annotations of the pod as it is now; true when they are others, upon which a kubelet looks at the whole pod again.</summary>
    internal bool TakesAnnotations(PodObject pod)
    {
        var annotations = AnnotationsOf(pod);
        var changed = annotations.Count != _annotations.Count || annotations.Any(pair => !_annotations.TryGetValue(pair.Key, out var value) || value != pair.Value);
        _annotations = annotations;
        return changed;
    }

    /// <summary>Brings the volumes of a running pod up to date.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            await _volumes.RefreshAsync(_files, cancellationToken);
            await _account.RefreshAsync(cancellationToken);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Kills the containers and leaves the object as it is: the node is gone, not the pod.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abandon.CancelAsync();
        Kill();
        await _running;
    }

    private async Task RunAsync()
    {
        _context.Log.Write($"{_pod.Namespace}/{_pod.Name}: runs at {_podIP}");
        try
        {
            await RunContainersAsync();
            _context.Log.Write($"{_pod.Namespace}/{_pod.Name}: ended");
        }
        catch (Exception e)
        {
            _context.Log.Write($"{_pod.Namespace}/{_pod.Name}: given up: {e}");
            throw;
        }
    }

    private async Task RunContainersAsync()
    {
        var publishing = _status.RunAsync(_abandon.Token);
        var refreshing = KeepFreshAsync();
        await Task.WhenAll(_containers.Select(worker => worker.RunAsync(() => _grace, _stop.Token)));
        // A pod that has come to its end by itself keeps its object.
        await Task.Delay(Timeout.Infinite, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        await refreshing;
        await _status.CompleteAsync(publishing);
        if (!_objectIsGone)
        {
            await DeleteObjectAsync(_abandon.Token);
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task KeepFreshAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(_context.Options.SyncFrequency ?? DefaultSyncFrequency, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            await RefreshRunningAsync();
        }
    }

    /// <summary>As <see cref="RefreshAsync"/>; files whose object has gone meanwhile stay as they were, as with the kubelet.</summary>
    internal async Task RefreshRunningAsync()
    {
        try
        {
            await RefreshAsync(_stop.Token);
        }
        catch (ContainerConfigurationException)
        {
            // The containers that wait for these files say so in the pod's status.
        }
        catch (KubernetesException)
        {
            // A token was refused (the service account is being deleted): the old one serves until it expires.
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The pod ends.
        }
    }

    private async Task<ContainerCommand> PrepareAsync(Container container, CancellationToken cancellationToken)
    {
        if (_pod.Spec.InitContainers.Count > 0)
        {
            throw ContainerConfigurationException.Unsupported("init containers");
        }
        if (container.Lifecycle is not null)
        {
            throw ContainerConfigurationException.Unsupported($"lifecycle hooks of container {container.Name}");
        }
        var repository = ImageReference.Repository(container.Image);
        if (!_context.Options.Images.TryGetValue(repository, out var program))
        {
            throw new ContainerConfigurationException("ErrImageNeverPull", $"no program stands for image {repository} on this node");
        }
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (KubernetesException e)
        {
            throw new ContainerConfigurationException("CreateContainerConfigError", e.Message);
        }
        var inherited = _context.Environment(_pod);
        if (PodServiceAccount.IsMounted(container))
        {
            inherited["KUBECONFIG"] = _account.KubeconfigPath;
        }
        var variables = ContainerEnvironment.Resolve(_pod, container, _podIP, _context.ConfigMaps, _context.Secrets);
        return ContainerCommand.Build(container, program, variables, inherited, new MountPaths(_volumes.Mounts(container)), _folder);
    }

    private static IDictionary<string, string> AnnotationsOf(PodObject pod) => pod.Metadata.Annotations ?? new Dictionary<string, string>();

    private void ContainerChanged() => _status.Changed();

    private async Task DeleteObjectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ApiFailure.RetryAsync(
                () => _context.Client.DeleteAsync<PodObject>(
                    _pod.Name, _pod.Namespace, new DeleteOptions { GracePeriodSeconds = 0, PreconditionUid = _pod.Uid }, cancellationToken),
                cancellationToken);
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            // Gone, and another pod has its name.
        }
        catch (OperationCanceledException)
        {
            // The node is being shut down.
        }
    }
}
