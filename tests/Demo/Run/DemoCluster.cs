using SentryOtel.Cluster;

namespace SentryOtel.Demo.Run;

/// <summary>
/// The Kubernetes API the demonstration runs against, and the node that runs the operator's and gateways' pods as processes of this machine,
/// with their own service accounts, probes and rollouts.
/// </summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    /// <summary>Name of the node that stands for this machine.</summary>
    public const string NodeName = "sentry-otel-local";

    private const int LogLines = 25;

    private readonly ControlPlane? _controlPlane;
    private readonly TemporaryFolder _folder;
    private readonly LocalKubelet _node;
    private readonly BorrowedCluster? _borrowed;
    private readonly Progress _progress;

    private DemoCluster(ControlPlane? controlPlane, BorrowedCluster? borrowed, TemporaryFolder folder, LocalKubelet node, string kubeconfigPath, Progress progress)
    {
        _controlPlane = controlPlane;
        _borrowed = borrowed;
        _folder = folder;
        _node = node;
        _progress = progress;
        KubeconfigPath = kubeconfigPath;
        Tools = new ClusterTools(folder.Path, kubeconfigPath);
    }

    /// <summary>The kubeconfig for people.</summary>
    public string KubeconfigPath { get; }

    /// <summary>kubectl and helm.</summary>
    public ClusterTools Tools { get; }

    /// <summary>True when the pods must be steered to our node because a scheduler and other nodes are there.</summary>
    public bool HasOtherNodes => _controlPlane is null;

    /// <summary>A folder that goes when the demonstration ends.</summary>
    public string Folder => _folder.Path;

    /// <summary>Starts a control plane, or takes the current context, and registers the node.</summary>
    public static async Task<DemoCluster> StartAsync(DemoOptions options, Progress progress, CancellationToken cancellationToken)
    {
        var images = new Dictionary<string, string>
        {
            ["ghcr.io/sentry-otel/sentry-otel-operator"] = Path.Combine(options.ProgramsFolder, "operator", "sentry-otel-operator"),
            ["ghcr.io/sentry-otel/sentry-otel-gateway"] = Path.Combine(options.ProgramsFolder, "gateway", "sentry-otel-gateway"),
        };
        var folder = new TemporaryFolder("sentry-otel-demo-");
        ControlPlane? controlPlane = null;
        try
        {
            if (options.CurrentCluster)
            {
                progress.Step("using the current kubeconfig context");
                var current = CurrentKubeconfig();
                var borrowed = await BorrowedCluster.TakeAsync(
                    new ClusterTools(folder.Path, current), new BorrowedClusterOptions { Namespaces = [options.Namespace], Nodes = [NodeName] }, cancellationToken);
                // Where a scheduler runs, it and the node bind the steered pods to the same place: whoever is first.
                var node = await LocalKubelet.StartAsync(
                    KubeletAccess.ByKubeconfig(current, folder.Path), new LocalKubeletOptions { Images = images, NodeName = NodeName }, cancellationToken);
                return new DemoCluster(null, borrowed, folder, node, current, progress);
            }

            progress.Step("starting etcd, kube-apiserver and kube-controller-manager");
            controlPlane = await ControlPlane.StartAsync(cancellationToken: cancellationToken);
            var local = await LocalKubelet.StartAsync(controlPlane, new LocalKubeletOptions { Images = images, NodeName = NodeName }, cancellationToken);
            return new DemoCluster(controlPlane, null, folder, local, controlPlane.KubeconfigPath, progress);
        }
        catch
        {
            if (controlPlane is not null)
            {
                await controlPlane.DisposeAsync();
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>The last lines of every pod's log, by namespace and name.</summary>
    public IEnumerable<(string Pod, string Tail)> LogTails() =>
        Directory.EnumerateFiles(_node.LogFolder, "*.log", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetRelativePath(_node.LogFolder, path), string.Join('\n', File.ReadLines(path).TakeLast(LogLines))));

    public async ValueTask DisposeAsync()
    {
        if (_borrowed is not null)
        {
            _progress.Step("removing what was made in the current context");
            foreach (var left in await _borrowed.ReturnAsync())
            {
                _progress.Failed($"left behind: {left}");
            }
        }

        await _node.DisposeAsync();
        if (_controlPlane is not null)
        {
            await _controlPlane.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static string CurrentKubeconfig() =>
        Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
}
