using System.Net;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd.Support;

/// <summary>
/// A cluster whose pods are containers, and a stand-in Sentry that they reach. A control plane and a node of our own; or, with <c>CLUSTER=current</c>, the current kubeconfig
/// context, the images of the registry <c>IMAGES</c>, and Sentry at <c>STAND_IN_ADDRESS</c>.
/// </summary>
public sealed class World : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _parts = new();
    private ControlPlane? _controlPlane;
    private string? _home;
    private BorrowedCluster? _borrowed;

    /// <summary>Why there is no cluster, on a machine that can not have one; null when there is one.</summary>
    internal string? Missing { get; private set; }

    internal ClusterTools Tools { get; private set; } = null!;

    internal SentryServerHost Sentry { get; private set; } = null!;

    /// <summary>The node; null in a cluster that is not ours.</summary>
    internal RealNode? Node { get; private set; }

    /// <summary>The registry with the images; null where the node has them.</summary>
    internal string? Registry { get; private set; }

    /// <summary>What the tests have done so far.</summary>
    internal Journey Journey { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Journey = new Journey(this);
        if (Variable("CLUSTER") == "current")
        {
            await UseCurrentAsync(cancellation);
            return;
        }

        if (NodeRequirements.Missing() is { Count: > 0 } missing)
        {
            Missing = "A node can not run here: " + string.Join("; ", missing);
            // In continuous integration nothing may be left out without a word.
            Assert.False(Variable("CI") == "true", Missing);
            return;
        }

        var sandbox = Keep(await NodeSandbox.StartAsync(cancellation));
        _controlPlane = Keep(await ControlPlane.StartAsync(new ControlPlaneOptions { Address = sandbox.HostAddress }, cancellation));
        Tools = _controlPlane.Tools;
        await StartSentryAsync(sandbox.HostAddress, cancellation);
        Node = Keep(await RealNode.StartAsync(_controlPlane, sandbox, new RealNodeOptions { Images = Images.Archives, PauseImage = Images.Pause }, cancellation));
        await NodeVolumes.CreateAsync(_controlPlane, Node, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (Node is not null)
        {
            KeepLogs();
        }

        var left = _borrowed is null ? [] : await _borrowed.ReturnAsync();

        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        if (_home is not null)
        {
            Directory.Delete(_home, recursive: true);
        }

        Assert.True(left.Count == 0, $"The cluster is not as it was found:\n{string.Join('\n', left)}");
    }

    internal Task<string> KubectlAsync(IEnumerable<string> arguments, string? standardInput = null) =>
        Tools.KubectlAsync(arguments, standardInput, TestContext.Current.CancellationToken);

    internal async Task<JsonNode> GetAsync(string @namespace, params IEnumerable<string> what) =>
        JsonNode.Parse(await KubectlAsync(["get", .. what, "--namespace", @namespace, "--output", "json"]))!;

    /// <summary>What a person would look at when a test has failed.</summary>
    internal async Task<string> DescribeAsync()
    {
        List<string> texts = [];
        foreach (var what in (string[])["pods --output=wide", "sentryexporters,sentryprojectroutes", "events --sort-by=.lastTimestamp"])
        {
            var answer = await Tools.TryKubectlAsync(["get", .. what.Split(' '), "--all-namespaces"], null, CancellationToken.None);
            texts.Add(answer.Output + answer.Error);
        }

        return string.Join('\n', texts);
    }

    private async Task UseCurrentAsync(CancellationToken cancellationToken)
    {
        var address = Variable("STAND_IN_ADDRESS")
            ?? throw new InvalidOperationException("With CLUSTER=current set STAND_IN_ADDRESS to an address of this machine that the cluster's pods reach.");
        Registry = Variable("IMAGES")
            ?? throw new InvalidOperationException("With CLUSTER=current set IMAGES to the registry that holds the images, e.g. registry.example/sentry-otel.");
        var kubeconfig = Variable("KUBECONFIG") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        _home = Directory.CreateTempSubdirectory("sentry-otel-tools-").FullName;
        Tools = new ClusterTools(_home, kubeconfig);
        await StartSentryAsync(IPAddress.Parse(address), cancellationToken);
        _borrowed = await BorrowedCluster.TakeAsync(Tools, new BorrowedClusterOptions { Namespaces = [Journey.Namespace, FailureTests.Durable] }, cancellationToken);
    }

    private async Task StartSentryAsync(IPAddress address, CancellationToken cancellationToken) =>
        Sentry = Keep(await SentryServerHost.StartAsync(
            new SentryServerOptions
            {
                ManagementListenUrl = $"http://{address}:0",
                IngestListenUrl = $"http://{address}:0",
                Tokens = [new AccessToken(Journey.FirstToken, "org:read", "project:read", "project:write", "project:admin", "team:read")],
                Modes = new Modes { RelayInvalidation = true },
                RecordedItems = 2_000_000,
            },
            cancellationToken));

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }

    // The results of a run are kept by continuous integration; the node goes.
    private void KeepLogs()
    {
        var folder = Directory.CreateDirectory(RepositoryFiles.PathOf("artifacts/test-results/node")).FullName;
        foreach (var program in (string[])["containerd", "kubelet", "kube-proxy", "kube-scheduler", "dnsmasq"])
        {
            Copy(Node!.LogPath(program), folder);
        }

        foreach (var program in (string[])["kube-apiserver", "kube-controller-manager"])
        {
            Copy(_controlPlane!.LogPath(program), folder);
        }
    }

    private static void Copy(string path, string folder)
    {
        if (File.Exists(path))
        {
            File.Copy(path, Path.Combine(folder, Path.GetFileName(path)), overwrite: true);
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
