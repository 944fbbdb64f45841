using System.Text;
using SentryOtel.Cluster.Processes;
using SentryOtel.Cluster.StandIn;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Faults.Proxy;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Faults.World;

/// <summary>A namespace, a Sentry of its own, gateways that are words only, and an operator that reaches API server and Sentry through a gate.</summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    public const string Exporter = "main";

    private const string Token = "sntryi_0123456789abcdef0123456789abcdef";

    // The machine may be busy with more worlds; a pass that succeeds takes a second.
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private readonly FaultCluster _cluster;
    private readonly StandInGateways _gateways;
    private readonly List<IAsyncDisposable> _proxies = [];
    private readonly HttpMessageInvoker _toSentry = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private LocalProcess? _operator;
    private string _kubeconfig = "";

    private FaultWorld(FaultCluster cluster, string space, SentryServerHost sentry, Uri sentryAddress)
    {
        _cluster = cluster;
        Namespace = space;
        Sentry = sentry;
        SentryAddress = sentryAddress;
        Client = new KubernetesClient(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.ControlPlane.KubeconfigPath),
            new KubernetesClientOptions { JsonTypeInfoResolvers = [CrdJsonContext.Default] });
        Foreign = new ForeignProjects(sentry);
        _gateways = new StandInGateways(Client, space);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Namespace { get; }

    public SentryServerHost Sentry { get; }

    /// <summary>Where the operator finds Sentry.</summary>
    public Uri SentryAddress { get; }

    /// <summary>The API server as administrator, past the gate.</summary>
    public KubernetesClient Client { get; }

    /// <summary>Projects that belong to somebody else.</summary>
    public ForeignProjects Foreign { get; }

    public StepGate Gate { get; } = new();

    public static async Task<FaultWorld> StartAsync(FaultCluster cluster, string scenario)
    {
        var port = LoopbackPort.Free();
        var address = new Uri($"http://127.0.0.1:{port}");
        var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions
            {
                PublicManagementUrl = address,
                Projects = ForeignProjects.Slugs,
                Tokens = [new AccessToken(Token, "org:read", "project:admin", "team:read")],
            },
            Cancellation);
        var world = new FaultWorld(cluster, cluster.NextNamespace(scenario), sentry, address);
        try
        {
            await world.StartProxiesAsync(port);
            await world.CreateNamespaceAsync();
            world.StartOperator();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the operator's process; the one before must be dead.</summary>
    public void StartOperator()
    {
        // Opened first: nothing of the dead one is left, and the new one must not meet a closed gate.
        var started = new TaskCompletionSource<LocalProcess>();
        Gate.Open(async () => await (await started.Task).StopAsync(TimeSpan.Zero));
        _operator = LocalProcess.Start(
            RepositoryFiles.PathOf("artifacts/operator/sentry-otel-operator"),
            [
                "--kubeconfig", _kubeconfig,
                "--watch-namespaces", Namespace,
                "--leader-elect=false",
                "--metrics-bind-address", "0",
                "--health-probe-bind-address", "0",
                "--gateway-image", "gateway:test",
                "--log-format", "text",
            ],
            Path.Combine(_cluster.ControlPlane.FolderPath, $"operator-{Namespace}.log"));
        started.SetResult(_operator);
    }

    /// <summary>Waits until something is done and the operator asks for nothing more: what a new process finds to do is waited for.</summary>
    public Task WaitUntilDoneAsync(Func<FaultWorld, Task<bool>> isDone, string what, CancellationToken cancellationToken) =>
        WaitAsync(async () => Gate.IsQuiet && await isDone(this), $"{what} is done", cancellationToken);

    /// <summary>Waits for something to hold.</summary>
    /// <exception cref="TimeoutException">It never did; the end of the operator's log is in the message.</exception>
    public async Task WaitAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
    {
        try
        {
            await Eventually.HoldsAsync(condition, Within, what, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} {exception.InnerException?.Message}\nThe end of the operator's log:\n{_operator?.LogTail(15)}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_operator is not null)
        {
            await _operator.DisposeAsync();
        }

        await _gateways.DisposeAsync();
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }

        await Sentry.DisposeAsync();
        Client.Dispose();
        _toSentry.Dispose();
    }

    private async Task StartProxiesAsync(int sentryPort)
    {
        _proxies.Add(await StepProxy.StartAsync(Gate, StepNames.OfSentry, Sentry.ManagementUrl, _toSentry, sentryPort, Cancellation));
        var kubernetes = await StepProxy.StartAsync(
            Gate, StepNames.OfKubernetes, _cluster.ControlPlane.Server, _cluster.Upstream, LoopbackPort.Free(), Cancellation);
        _proxies.Add(kubernetes);
        _kubeconfig = _cluster.WriteOperatorKubeconfig(Namespace, kubernetes.Address);
    }

    private async Task CreateNamespaceAsync()
    {
        await Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Namespace } }, null, Cancellation);
        foreach (var permission in _cluster.PermissionsIn(Namespace))
        {
            await Client.ApplyAsync(permission, new ApplyOptions { FieldManager = "test" }, Cancellation);
        }

        var token = new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "sentry", Namespace = Namespace },
            Data = new Dictionary<string, byte[]> { ["token"] = Encoding.UTF8.GetBytes(Token) },
        };
        await Client.ApplyAsync(token, new ApplyOptions { FieldManager = "test", Force = true }, Cancellation);
    }
}
