using System.Globalization;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster;

/// <summary>
/// A real node: containerd with runc and CNI, kubelet and kube-proxy, and beside them kube-scheduler and the cluster's names, in a <see cref="NodeSandbox"/>. Pods are containers
/// with addresses of their own, Services have cluster addresses and names, and the API server is <c>kubernetes.default.svc</c>. Root alone can start one.
/// </summary>
public sealed class RealNode : IAsyncDisposable
{
    private readonly ControlPlane _controlPlane;
    private readonly NodeSandbox _sandbox;
    private readonly RealNodeOptions _options;
    private readonly NodeFiles _files;
    private readonly List<LocalProcess> _processes = [];
    private ServiceNames? _names;
    private LocalProcess? _containerd;
    private LocalProcess? _kubelet;

    private RealNode(ControlPlane controlPlane, NodeSandbox sandbox, RealNodeOptions options)
    {
        _controlPlane = controlPlane;
        _sandbox = sandbox;
        _options = options;
        _files = new NodeFiles(sandbox, options.PauseImage);
    }

    /// <summary>Starts a node; it is Ready when this returns.</summary>
    /// <param name="controlPlane">Its control plane, at the sandbox's <see cref="NodeSandbox.HostAddress"/>; it must outlive the node.</param>
    /// <param name="sandbox">Where it lives; it must outlive the node too.</param>
    /// <param name="options">Its name and images.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterStartException">A program did not become ready; the end of its log is in the message.</exception>
    public static async Task<RealNode> StartAsync(ControlPlane controlPlane, NodeSandbox sandbox, RealNodeOptions options, CancellationToken cancellationToken)
    {
        var node = new RealNode(controlPlane, sandbox, options);
        try
        {
            await node.StartAsync(cancellationToken);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The log of containerd, kubelet, kube-proxy, kube-scheduler or dnsmasq.</summary>
    public string LogPath(string program) => _sandbox[program + ".log"];

    /// <summary>A folder of the node for a <c>local</c> PersistentVolume; it goes with the sandbox.</summary>
    public string CreateVolumeFolder(string name) => Directory.CreateDirectory(Path.Combine(_sandbox["volumes"], name)).FullName;

    /// <summary>Makes the images of an archive known to the node.</summary>
    public Task ImportAsync(string archive, CancellationToken cancellationToken) =>
        RunCtrAsync(["images", "import", archive], cancellationToken);

    /// <summary>Kills the processes of a pod's containers (SIGKILL), as the kernel does when memory runs out.</summary>
    /// <returns>How many processes there were.</returns>
    public async Task<int> KillContainersAsync(string @namespace, string pod, CancellationToken cancellationToken)
    {
        var listed = await RunCtrAsync(
            ["containers", "list", "--quiet", $"labels.\"io.kubernetes.pod.namespace\"=={@namespace},labels.\"io.kubernetes.pod.name\"=={pod},labels.\"io.cri-containerd.kind\"==container"],
            cancellationToken);
        var killed = 0;
        foreach (var container in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // One that has ended before is still listed, and has no process.
            var result = await TryCtrAsync(["tasks", "kill", "--signal", "SIGKILL", container], cancellationToken);
            killed += result.ExitCode == 0 ? 1 : 0;
        }

        return killed;
    }

    /// <summary>Ends kubelet and containerd and starts them again; containers run on meanwhile. The node is Ready when this returns.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await EndAsync(_kubelet);
        await EndAsync(_containerd);
        await StartContainerdAsync(cancellationToken);
        var since = DateTimeOffset.UtcNow;
        StartKubelet();
        await HeartbeatAsync(since, cancellationToken);
    }

    /// <summary>Ends the node's programs; the sandbox ends its containers.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_names is not null)
        {
            await _names.DisposeAsync();
        }

        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        _processes.Clear();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _files.Write(_controlPlane.CertificateAuthorityPem);
        await StartContainerdAsync(cancellationToken);
        foreach (var image in _options.Images)
        {
            await ImportAsync(image, cancellationToken);
        }

        StartKubelet();
        var scheduler = _controlPlane.CreateClientKubeconfig("system:kube-scheduler");
        _processes.Add(_sandbox.Start(
            "kube-scheduler", ClusterPrograms.OfNode("kube-scheduler"), "--kubeconfig", scheduler, "--leader-elect=false", "--bind-address", "127.0.0.1"));
        var proxy = _controlPlane.CreateClientKubeconfig("system:kube-proxy");
        _processes.Add(_sandbox.Start(
            "kube-proxy",
            ClusterPrograms.OfNode("kube-proxy"),
            // The machine's limits on connections are not the node's to set; and answers from a pod of the same bridge must come back through the node.
            "--kubeconfig", proxy, "--proxy-mode=iptables", "--masquerade-all", "--cluster-cidr", _sandbox.PodNetwork, "--hostname-override", _options.Name,
            "--conntrack-max-per-core=0", "--conntrack-min=0", "--conntrack-tcp-timeout-established=0s", "--conntrack-tcp-timeout-close-wait=0s"));
        _names = await ServiceNames.StartAsync(_sandbox, _controlPlane.KubeconfigPath, cancellationToken);
        await ReadyAsync(cancellationToken);
    }

    private async Task StartContainerdAsync(CancellationToken cancellationToken)
    {
        _containerd = _sandbox.Start("containerd", "/usr/bin/containerd", "--config", _files.Containerd);
        _processes.Add(_containerd);
        await WaitAsync(
            _containerd,
            async () => (await TryCtrAsync(["images", "list", "--quiet"], cancellationToken)).ExitCode == 0,
            "does not answer",
            cancellationToken);
    }

    private void StartKubelet()
    {
        var kubeconfig = _controlPlane.CreateClientKubeconfig("system:node:" + _options.Name, "system:masters", "system:nodes");
        _kubelet = _sandbox.Start(
            "kubelet",
            ClusterPrograms.OfNode("kubelet"),
            "--kubeconfig", kubeconfig, "--config", _files.Kubelet, "--container-runtime=remote", "--container-runtime-endpoint", "unix://" + _files.ContainerdSocket,
            "--hostname-override", _options.Name, "--node-ip", $"{_sandbox.NodeAddress}", "--root-dir", _sandbox["kubelet"], "--cert-dir", _sandbox["kubelet-pki"]);
        _processes.Add(_kubelet);
    }

    private Task ReadyAsync(CancellationToken cancellationToken) => WaitAsync(
        _kubelet!,
        async () => (await _controlPlane.Tools.TryKubectlAsync(["wait", "node", _options.Name, "--for=condition=Ready", "--timeout=1s"], null, cancellationToken)).ExitCode == 0,
        "did not make its node Ready",
        cancellationToken);

    // A node stays Ready for 40 s after its kubelet has gone: what counts is that the new one has reported.
    private Task HeartbeatAsync(DateTimeOffset since, CancellationToken cancellationToken) => WaitAsync(
        _kubelet!,
        async () =>
        {
            var answer = await _controlPlane.Tools.TryKubectlAsync(
                ["get", "node", _options.Name, "--output", "jsonpath={.status.conditions[?(@.type=='Ready')].status} {.status.conditions[?(@.type=='Ready')].lastHeartbeatTime}"],
                null,
                cancellationToken);
            return answer is { ExitCode: 0 } && answer.Output.Split(' ') is ["True", var time] && DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) >= since.AddSeconds(-1);
        },
        "did not report",
        cancellationToken);

    private static async Task WaitAsync(LocalProcess process, Func<Task<bool>> condition, string failure, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await condition())
        {
            if (process.HasExited || limit.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new ClusterStartException(Path.GetFileNameWithoutExtension(process.LogPath), process.HasExited ? "ended" : failure, process.LogTail());
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private async Task EndAsync(LocalProcess? process)
    {
        if (process is not null)
        {
            await process.StopAsync(TimeSpan.FromSeconds(20));
            _processes.Remove(process);
            await process.DisposeAsync();
        }
    }

    private async Task<string> RunCtrAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        (await TryCtrAsync(arguments, cancellationToken)).Succeeded("ctr " + string.Join(' ', arguments));

    private Task<CommandResult> TryCtrAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        CommandResult.RunAsync(
            "/usr/bin/ctr", ["--address", _files.ContainerdSocket, "--timeout", "60s", "--connect-timeout", "2s", "--namespace", "k8s.io", .. arguments], cancellationToken: cancellationToken);
}
