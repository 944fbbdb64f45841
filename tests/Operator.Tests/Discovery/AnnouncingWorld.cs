using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Hosting;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Operator.Tests.Routes;
using SentryOtel.Sentry.Routing;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Discovery;

/// <summary>A namespace of a real API server with an exporter, and an operator that discovers workloads and writes routing tables.</summary>
internal sealed class AnnouncingWorld : IAsyncDisposable
{
    public const string Exporter = "main";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly RouteCluster _cluster;
    private readonly string _kubeconfig;
    private readonly bool _everywhere;
    private readonly TimeProvider _clock;

    private AnnouncingWorld(RouteCluster cluster, bool everywhere, string group, TimeProvider clock)
    {
        _clock = clock;
        _cluster = cluster;
        _everywhere = everywhere;
        Namespace = cluster.NextNamespace();
        // One with less than all rights shall be refused something, which tests/Rbac does not take for a right that is missing.
        User = (group == "system:masters" ? "operator-of-" : "refused-operator-of-") + Namespace;
        _kubeconfig = cluster.ControlPlane.CreateClientKubeconfig(User, group);
        Client = new KubernetesClient(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.ControlPlane.KubeconfigPath),
            new KubernetesClientOptions { JsonTypeInfoResolvers = OperatorComposition.JsonTypeInfoResolvers });
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Namespace { get; }

    public string User { get; }

    public KubernetesClient Client { get; }

    public AnnouncingOperator? Operator { get; private set; }

    /// <param name="cluster">The API server.</param>
    /// <param name="change">What is special about the exporter.</param>
    /// <param name="grace">How long an unused route stays, in Go's notation; null for longer than any test.</param>
    /// <param name="everywhere">The operator watches all namespaces.</param>
    /// <param name="group">The group whose rights the operator has.</param>
    /// <param name="clock">The clock by which discovery waits; null for the true one.</param>
    public static async Task<AnnouncingWorld> StartAsync(
        RouteCluster cluster, Action<SentryExporterSpec>? change = null, string? grace = null, bool everywhere = false, string group = "system:masters",
        TimeProvider? clock = null)
    {
        var world = new AnnouncingWorld(cluster, everywhere, group, clock ?? TimeProvider.System);
        await world.CreateNamespaceAsync(world.Namespace);
        await world.CreateExporterAsync(Exporter, spec =>
        {
            spec.Discovery.GracePeriod = grace ?? spec.Discovery.GracePeriod;
            change?.Invoke(spec);
        });
        await world.StartOperatorAsync();
        return world;
    }

    public async Task StartOperatorAsync() =>
        Operator = await AnnouncingOperator.StartAsync(_kubeconfig, _everywhere ? [] : [Namespace], _clock, Cancellation);

    public async Task StopOperatorAsync()
    {
        if (Operator is { } running)
        {
            Operator = null;
            await running.DisposeAsync();
        }
    }

    public Task CreateNamespaceAsync(string name, Dictionary<string, string>? labels = null) =>
        Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name, Labels = labels } }, null, Cancellation);

    public Task<SentryExporter> CreateExporterAsync(string name, Action<SentryExporterSpec>? change = null)
    {
        var exporter = new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = Namespace },
            Spec = new SentryExporterSpec { OrgSlug = "acme", AuthTokenSecretRef = new SecretKeyReference { Name = "token", Key = "token" } },
        };
        change?.Invoke(exporter.Spec);
        return Client.CreateAsync(exporter, null, Cancellation);
    }

    public async Task<SentryExporter> ReadExporterAsync() => (await Client.GetAsync<SentryExporter>(Exporter, Namespace, Cancellation))!;

    public Task ChangeExporterAsync(Action<JsonObject> change)
    {
        var spec = new JsonObject();
        change(spec);
        return Client.PatchAsync<SentryExporter>(Exporter, Namespace, new JsonObject { ["spec"] = spec }, null, Cancellation);
    }

    /// <summary>Applies a manifest as a person would.</summary>
    public Task ApplyAsync(string yaml, string? space = null) =>
        _cluster.ControlPlane.RunKubectlAsync(["apply", "--namespace", space ?? Namespace, "--filename", "-"], yaml, Cancellation);

    public Task<string> KubectlAsync(params string[] arguments) =>
        _cluster.ControlPlane.RunKubectlAsync(["--namespace", Namespace, .. arguments], null, Cancellation);

    public Task<SentryProjectRoute> CreateRouteAsync(string value)
    {
        var route = new SentryProjectRoute
        {
            Metadata = new V1ObjectMeta { Name = value, Namespace = Namespace },
            Spec = new SentryProjectRouteSpec
            {
                ExporterRef = new ExporterReference { Name = Exporter },
                AttributeValue = value,
                Project = new RouteProjectSpec { Slug = value },
            },
        };
        return Client.CreateAsync(route, null, Cancellation);
    }

    /// <summary>Says of a route what its controller would once its project is there.</summary>
    public Task SetProjectAsync(string route, int id) => Client.PatchAsync<SentryProjectRoute>(
        route,
        Namespace,
        new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["project"] = new JsonObject
                {
                    ["id"] = $"{id}",
                    ["slug"] = route,
                    ["created"] = false,
                    ["publicKey"] = "0123456789abcdef0123456789abcdef",
                    ["endpoints"] = new JsonObject { ["traces"] = $"https://sentry.test/{id}/traces", ["logs"] = $"https://sentry.test/{id}/logs" },
                },
            },
        },
        new PatchOptions { Subresource = "status" },
        Cancellation);

    public Task<SentryProjectRoute?> FindRouteAsync(string value) =>
        Client.GetAsync<SentryProjectRoute>(RouteObjectName.For(Exporter, value), Namespace, Cancellation);

    public Task<SentryProjectRoute> WaitForRouteAsync(string value, Predicate<SentryProjectRoute>? condition = null, string what = "is there") => Eventually.GetAsync(
        async () => await FindRouteAsync(value) is { } route && (condition is null || condition(route)) ? route : null, Within, $"The route of {value} {what}", Cancellation);

    public Task WaitAsync(Func<Task<bool>> condition, string what) => Eventually.HoldsAsync(condition, Within, what, Cancellation);

    /// <summary>Waits until a controller has made more passes than it had.</summary>
    public Task WaitForPassesAsync(string controller, long more, long since) =>
        Eventually.HoldsAsync(() => Operator!.Passes(controller) >= since + more, Within, $"{controller} has looked {more} more times", Cancellation);

    public Task<V1ConfigMap?> FindTableAsync(int slice = 0) =>
        Client.GetAsync<V1ConfigMap>(RoutingTableNames.Of(Exporter, slice), Namespace, Cancellation);

    /// <summary>Waits for a table of one slice.</summary>
    public Task<RoutingTableSlice> WaitForTableAsync(Predicate<RoutingTableSlice> condition, string what) => Eventually.GetAsync(
        async () => await FindTableAsync() is { } map && Read(map) is { } slice && condition(slice) ? slice : null, Within, $"The table {what}", Cancellation);

    public Task WaitForEventAsync(string reason) => Eventually.HoldsAsync(
        async () => (await KubectlAsync("get", "events", "--field-selector", $"involvedObject.name={Exporter}", "--output", "jsonpath={.items[*].reason}"))
            .Split(' ').Contains(reason),
        Within,
        $"An event {reason}",
        Cancellation);

    /// <summary>What this world's operator has asked of the API server, beside lists and watches.</summary>
    public IReadOnlyList<AuditEvent> Requests() =>
        [.. AuditLog.Read(_cluster.ControlPlane.AuditLogPath).Where(request => request.User == User && request.Resource.Length > 0 && request.Verb is not ("watch" or "list"))];

    public async ValueTask DisposeAsync()
    {
        await StopOperatorAsync();
        Client.Dispose();
    }

    private static RoutingTableSlice? Read(V1ConfigMap map) =>
        map.Data?.TryGetValue(RoutingTableJson.DocumentKey, out var document) == true
        && RoutingTableJson.TryParse(Encoding.UTF8.GetBytes(document!), out var slice, out _)
            ? slice
            : null;
}
