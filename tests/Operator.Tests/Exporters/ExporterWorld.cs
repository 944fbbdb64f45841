using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Cluster;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Discovery;
using SentryOtel.Operator.Hosting;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>A namespace, a stand-in Sentry, and the whole operator, on its own account, looking after that namespace.</summary>
internal sealed class ExporterWorld : IAsyncDisposable
{
    public const string Exporter = "main";
    public const string Gateway = "main-gateway";
    public const string Token = "sntryi_0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private readonly OperatorCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _operatorClient;
    private readonly OperatorComposition _operator;
    private readonly Task<OperatorHostResult> _running;
    private Task _kubelet = Task.CompletedTask;

    /// <summary>All that can wait is looked at again and again.</summary>
    public static readonly OperatorTimes Impatient = new()
    {
        SecretPoll = TimeSpan.FromMilliseconds(300),
        SafetyPoll = TimeSpan.FromMilliseconds(300),
        MountLag = TimeSpan.FromMilliseconds(300),
        TokenCheck = TimeSpan.FromSeconds(1),
        StorageSwitchPoll = TimeSpan.FromMilliseconds(300),
    };

    /// <summary>Nothing is looked at twice unless somebody tells of a change.</summary>
    public static readonly OperatorTimes Told = new() { SecretPoll = TimeSpan.FromHours(1), SafetyPoll = TimeSpan.FromHours(1), TokenCheck = TimeSpan.FromHours(1) };

    private ExporterWorld(OperatorCluster cluster, string @namespace, SentryServerHost sentry, KubernetesClient operatorClient, ServedWorkloads workloads, OperatorOptions options)
    {
        _cluster = cluster;
        Namespace = @namespace;
        Sentry = sentry;
        Client = Connect(cluster.ControlPlane.KubeconfigPath);
        _operatorClient = operatorClient;
        _operator = new OperatorComposition(_operatorClient, null, options, NullLoggerFactory.Instance, TimeProvider.System, new Random(1), workloads);
        _running = _operator.Host.RunAsync(_stop.Token);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Namespace { get; }

    public SentryServerHost Sentry { get; }

    /// <summary>The API server as administrator.</summary>
    public KubernetesClient Client { get; }

    /// <param name="cluster">The control plane.</param>
    /// <param name="times">Times of the operator; null for <see cref="Impatient"/>.</param>
    /// <param name="sentry">The stand-in, which gets <see cref="Token"/> in any case.</param>
    /// <param name="watchSecrets">Whether the operator watches Secrets.</param>
    /// <param name="routeTimes">Times of what it does about routes.</param>
    public static async Task<ExporterWorld> StartAsync(
        OperatorCluster cluster, OperatorTimes? times = null, SentryServerOptions? sentry = null, bool watchSecrets = true, ProjectRouteTimes? routeTimes = null)
    {
        var space = cluster.NextNamespace();
        await cluster.ControlPlane.RunKubectlAsync(["create", "namespace", space], null, Cancellation);
        var server = (sentry ?? new SentryServerOptions()) with { Tokens = [new AccessToken(Token, "org:read", "project:write", "team:read")] };
        var client = Connect(cluster.OperatorKubeconfig);
        var workloads = await ServedWorkloads.FindAsync(client.Discovery, NullLogger.Instance, Cancellation);
        return new ExporterWorld(
            cluster, space, await SentryServerHost.StartAsync(server, Cancellation), client, workloads, Options(space, times ?? Impatient, watchSecrets, routeTimes ?? new ProjectRouteTimes()));
    }

    public Task SetSecretAsync(string name, string key, string value) => SetSecretAsync(name, new Dictionary<string, string> { [key] = value });

    public Task SetSecretAsync(string name, IReadOnlyDictionary<string, string> data) => Client.ApplyAsync(
        new V1Secret { Metadata = Meta(name), Data = data.ToDictionary(static entry => entry.Key, static entry => Encoding.UTF8.GetBytes(entry.Value)) },
        new ApplyOptions { FieldManager = "test", Force = true },
        Cancellation);

    /// <summary>A route of that name and value that has its project by a DSN, kept in a Secret of that name.</summary>
    public async Task CreateDsnRouteAsync(string name, string dsn)
    {
        await SetSecretAsync(name, "dsn", dsn);
        await Client.CreateAsync(
            new SentryProjectRoute
            {
                Metadata = new V1ObjectMeta { Name = name, Namespace = Namespace },
                Spec = new SentryProjectRouteSpec
                {
                    ExporterRef = new ExporterReference { Name = Exporter },
                    AttributeValue = name,
                    DsnSecretRef = new SecretKeyReference { Name = name, Key = "dsn" },
                },
            },
            null,
            Cancellation);
    }

    public Task<SentryExporter> CreateExporterAsync(Action<SentryExporterSpec>? change = null, Action<V1ObjectMeta>? mark = null, string name = Exporter)
    {
        var spec = new SentryExporterSpec
        {
            Url = Sentry.ManagementUrl.AbsoluteUri,
            OrgSlug = "acme",
            AuthTokenSecretRef = new SecretKeyReference { Name = "sentry", Key = "token" },
            Timeout = "2s",
        };
        change?.Invoke(spec);
        var metadata = Meta(name);
        mark?.Invoke(metadata);
        return Client.CreateAsync(new SentryExporter { Metadata = metadata, Spec = spec }, null, Cancellation);
    }

    public Task PatchExporterAsync(string spec) => Client.PatchAsync<SentryExporter>(
        Exporter, Namespace, new JsonObject { ["spec"] = JsonNode.Parse(spec) }, null, Cancellation);

    /// <summary>Waits until a condition of an exporter has a status and reason, and its message holds a text.</summary>
    public Task<SentryExporter> WaitAsync(string type, string status, string reason, string text = "", string name = Exporter) => Eventually.GetAsync(
        async () =>
        {
            var exporter = await Client.GetAsync<SentryExporter>(name, Namespace, Cancellation);
            var condition = exporter?.Status?.Conditions.FindCondition(type);
            return condition?.Reason == reason && condition.Status == status && condition.Message?.Contains(text, StringComparison.Ordinal) == true
                ? exporter
                : throw new InvalidOperationException($"{type} is {condition?.Status ?? "not set"}, {condition?.Reason}: {condition?.Message}");
        },
        Within,
        $"{type}={status}, {reason}",
        Cancellation);

    public Task WaitForAsync(Func<Task<bool>> condition, string what) => Eventually.HoldsAsync(condition, Within, what, Cancellation);

    public Task<T?> GetAsync<T>(string name)
        where T : class, IKubernetesObject => Client.GetAsync<T>(name, Namespace, Cancellation);

    public Task<string> KubectlAsync(params IEnumerable<string> arguments) =>
        _cluster.ControlPlane.RunKubectlAsync(["--namespace", Namespace, .. arguments], null, Cancellation);

    /// <summary>What the operator has asked in this namespace since a time, as the API server tells it.</summary>
    public IReadOnlyList<AuditEvent> Requests(DateTimeOffset since) => _cluster.Requests(Namespace, since);

    /// <summary>Waits for so many more passes of the operator over the exporter: each reads its Secret.</summary>
    public Task PassesAsync(int number)
    {
        var since = DateTimeOffset.UtcNow;
        return WaitForAsync(
            () => Task.FromResult(Requests(since).Count(static request => request is { Verb: "get", Resource: "secrets" }) >= number), $"{number} passes");
    }

    /// <summary>Waits until the operator has asked for nothing in this namespace for two seconds: what it had to do is done.</summary>
    public Task QuietAsync() => WaitForAsync(
        () => Task.FromResult(Requests(DateTimeOffset.UtcNow - TimeSpan.FromSeconds(2)).All(static request => request.Verb == "watch")), "a quiet operator");

    /// <summary>The chart grants what the operator did, up to now.</summary>
    public void AssertNothingWasForbidden() => Assert.DoesNotContain(Requests(DateTimeOffset.MinValue), static request => request.Code == 403);

    /// <summary>From now on pods are reported ready, as a kubelet whose probes succeed does.</summary>
    public void StartKubelet() => _kubelet = Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            await ReportPodsAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }
    });

    /// <summary>Reports the first pods that there are as ready, and none that comes later.</summary>
    public Task MakePodsReadyAsync() => WaitForAsync(async () => await ReportPodsAsync() > 0, "a pod to report");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _kubelet;
        Assert.Null((await _running).Failure);
        await _operator.DisposeAsync();
        _operatorClient.Dispose();
        Client.Dispose();
        await Sentry.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<int> ReportPodsAsync()
    {
        var pods = (await Client.ListAllAsync<V1Pod>(Namespace, null, CancellationToken.None)).Items.Where(static pod => pod.Status?.Phase == "Pending").ToList();
        foreach (var pod in pods)
        {
            var ready = JsonNode.Parse("""{"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}""")!.AsObject();
            try
            {
                await Client.PatchAsync<V1Pod>(pod.Metadata.Name!, Namespace, ready, new PatchOptions { Subresource = "status" }, CancellationToken.None);
            }
            catch (KubernetesException exception) when (exception.IsNotFound)
            {
                // It went while it was looked at, as pods of a workload that is removed do.
            }
        }

        return pods.Count;
    }

    private static OperatorOptions Options(string @namespace, OperatorTimes times, bool watchSecrets, ProjectRouteTimes routeTimes) => new()
    {
        WatchNamespaces = [@namespace],
        LeaderElect = false,
        LeaderElectionNamespace = OperatorCluster.OperatorNamespace,
        MetricsBindAddress = "0",
        HealthProbeBindAddress = "0",
        GatewayImage = "gateway:test",
        Times = times,
        WatchSecrets = watchSecrets,
        RouteTimes = routeTimes,
    };

    private static KubernetesClient Connect(string kubeconfig) => new(
        KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig),
        new KubernetesClientOptions { JsonTypeInfoResolvers = OperatorComposition.JsonTypeInfoResolvers });

    private V1ObjectMeta Meta(string name) => new() { Name = name, Namespace = Namespace };
}
