using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.Cluster.StandIn;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Benchmarks.Scale;

/// <summary>A control plane of its own with the chart's roles, a stand-in Sentry that limits, and gateways that are words only.</summary>
internal sealed class ScaleWorld : IAsyncDisposable
{
    /// <summary>Who the operator is to the API server.</summary>
    public const string User = $"system:serviceaccount:{SystemNamespace}:{Account}";

    public const string Token = "sntryi_0123456789abcdef0123456789abcdef";

    private const string SystemNamespace = "sentry-system";
    private const string Account = "sentry-otel-operator";

    private readonly StandInGateways _gateways;
    private readonly string _operatorKubeconfig;

    private ScaleWorld(ControlPlane controlPlane, SentryServerHost sentry, KubernetesClient client, string operatorKubeconfig)
    {
        (ControlPlane, Sentry, Client, _operatorKubeconfig) = (controlPlane, sentry, client, operatorKubeconfig);
        _gateways = new StandInGateways(client, null);
    }

    public ControlPlane ControlPlane { get; }

    public SentryServerHost Sentry { get; }

    /// <summary>Faulted when the gateways that are words only have failed.</summary>
    public Task Gateways => _gateways.Completion;

    /// <summary>The API server as administrator.</summary>
    public KubernetesClient Client { get; }

    public static async Task<ScaleWorld> StartAsync(ScaleOptions options, CancellationToken cancellationToken)
    {
        var controlPlane = await ControlPlane.StartAsync(cancellationToken: cancellationToken);
        var chart = Path.Combine(options.Repository, "charts", Account);
        await controlPlane.InstallDefinitionsAsync(Path.Combine(chart, "files", "crds", "plain"), cancellationToken);
        await controlPlane.RunKubectlAsync(["create", "namespace", SystemNamespace], null, cancellationToken);
        var permissions = await controlPlane.RunHelmAsync(
            [
                "template", Account, chart, "--namespace", SystemNamespace, "--show-only", "templates/serviceaccount.yaml", "--show-only", "templates/clusterrole.yaml",
                "--show-only", "templates/leader-election-rbac.yaml",
            ],
            cancellationToken);
        await controlPlane.RunKubectlAsync(["create", "--validate=false", "--filename", "-"], permissions, cancellationToken);
        var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions
            {
                Tokens = [new AccessToken(Token, "org:read", "project:admin", "team:read")],
                Modes = new Modes { ApiRateLimit = new ApiRateLimit(Limit: options.SentryLimit) },
            },
            cancellationToken);
        var client = new KubernetesClient(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(controlPlane.KubeconfigPath),
            new KubernetesClientOptions { JsonTypeInfoResolvers = [CrdJsonContext.Default], UserAgent = "bench-scale" });
        return new ScaleWorld(controlPlane, sentry, client, await controlPlane.CreateServiceAccountKubeconfigAsync(SystemNamespace, Account, cancellationToken));
    }

    /// <summary>Starts the operator as it ships, for all namespaces; it leads within a moment.</summary>
    public LocalProcess StartOperator(string program) => LocalProcess.Start(
        program,
        [
            "--kubeconfig", _operatorKubeconfig,
            "--leader-election-namespace", SystemNamespace,
            "--metrics-bind-address", "0",
            "--health-probe-bind-address", "0",
            "--gateway-image", "gateway:bench",
            "--log-level", "warning",
            "--log-format", "text",
        ],
        Path.Combine(ControlPlane.FolderPath, "operator.log"));

    public async ValueTask DisposeAsync()
    {
        await _gateways.DisposeAsync();
        await Sentry.DisposeAsync();
        Client.Dispose();
        await ControlPlane.DisposeAsync();
    }
}
