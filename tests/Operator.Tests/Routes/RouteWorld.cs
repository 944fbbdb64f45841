using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>A namespace with an exporter, a stand-in Sentry, and an operator that looks after the routes of that namespace.</summary>
internal sealed class RouteWorld : IAsyncDisposable
{
    public const string Exporter = "main";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);
    private static readonly string[] Scopes = ["org:read", "project:admin", "team:read"];

    private static readonly ProjectRouteTimes Quick = new()
    {
        DriftCheck = TimeSpan.FromMilliseconds(500),
        Recheck = TimeSpan.FromMilliseconds(500),
        ProgrammingCheck = TimeSpan.FromMilliseconds(200),
        Backoff = TimeSpan.FromMilliseconds(100),
        MaxBackoff = TimeSpan.FromMilliseconds(500),
    };

    private readonly RouteCluster _cluster;
    private readonly string _kubeconfig;
    private readonly ProjectRouteTimes _times;
    private readonly IReadOnlyList<string> _watched;
    private readonly GatewayWay? _gateways;
    private RouteOperator? _operator;

    private RouteWorld(RouteCluster cluster, string @namespace, string token, SentryServerHost sentry, ProjectRouteTimes? times, bool everywhere, GatewayWay? gateways, string group)
    {
        _gateways = gateways;
        _cluster = cluster;
        _times = times ?? Quick;
        _watched = everywhere ? [] : [@namespace];
        Namespace = @namespace;
        Token = token;
        Sentry = sentry;
        // One with less than all rights shall be refused something, which tests/Rbac does not take for a right that is missing.
        User = (group == "system:masters" ? "operator-of-" : "refused-operator-of-") + @namespace;
        _kubeconfig = cluster.ControlPlane.CreateClientKubeconfig(User, group);
        Client = new KubernetesClient(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.ControlPlane.KubeconfigPath),
            new KubernetesClientOptions { JsonTypeInfoResolvers = [CrdJsonContext.Default] });
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Namespace { get; }

    public string User { get; }

    /// <summary>The world's own: an operator that watches everywhere also sees the exporters of worlds that are over, whose Sentry's port another may have by now.</summary>
    public string Token { get; }

    public SentryServerHost Sentry { get; }

    public KubernetesClient Client { get; }

    public static async Task<RouteWorld> StartAsync(
        RouteCluster cluster, SentryServerOptions? sentry = null, ProjectRouteTimes? times = null, bool withToken = true, bool everywhere = false, GatewayWay? gateways = null,
        string group = "system:masters")
    {
        var space = cluster.NextNamespace();
        var token = $"sntryi_{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(space))}";
        var server = await SentryServerHost.StartAsync((sentry ?? new SentryServerOptions()) with { Tokens = [new AccessToken(token, Scopes)] }, Cancellation);
        var world = new RouteWorld(cluster, space, token, server, times, everywhere, gateways, group);
        await world.CreateNamespaceAsync(world.Namespace);
        if (withToken)
        {
            await world.SetTokenAsync(token);
        }

        world.StartOperator();
        return world;
    }

    public void StartOperator() => _operator = new RouteOperator(_kubeconfig, _watched, _times, _gateways);

    public async Task KillOperatorAsync()
    {
        if (_operator is { } running)
        {
            _operator = null;
            await running.DisposeAsync();
        }
    }

    public Task CreateNamespaceAsync(string name, Dictionary<string, string>? labels = null) =>
        Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name, Labels = labels } }, null, Cancellation);

    public async Task SetTokenAsync(string token) => await Client.ApplyAsync(
        new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "token", Namespace = Namespace },
            Data = new Dictionary<string, byte[]> { ["token"] = Encoding.UTF8.GetBytes(token), ["dsn"] = [] },
        },
        new ApplyOptions { FieldManager = "test", Force = true },
        Cancellation);

    /// <summary>Creates the exporter, and says of it what its own controller would: the token works and a gateway is available.</summary>
    public async Task CreateExporterAsync(Action<SentryExporterSpec>? change = null, string name = Exporter)
    {
        var exporter = new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = Namespace },
            Spec = new SentryExporterSpec
            {
                Url = Sentry.ManagementUrl.AbsoluteUri,
                OrgSlug = "acme",
                AuthTokenSecretRef = new SecretKeyReference { Name = "token", Key = "token" },
                AutoCreateProjects = true,
                Timeout = "2s",
            },
        };
        change?.Invoke(exporter.Spec);
        await Client.CreateAsync(exporter, null, Cancellation);
        await SetExporterConditionsAsync(credentials: true, gateway: true, name);
    }

    public async Task SetExporterConditionsAsync(bool credentials, bool gateway, string name = Exporter)
    {
        var conditions = new JsonArray(Condition("CredentialsValid", credentials), Condition("GatewayAvailable", gateway));
        await PatchExporterAsync(name, new JsonObject { ["status"] = new JsonObject { ["conditions"] = conditions } }, "status");

        static JsonObject Condition(string type, bool holds) => new()
        {
            ["type"] = type,
            ["status"] = ConditionStatus.Of(holds),
            ["reason"] = "Test",
            ["message"] = "said by the test",
            ["lastTransitionTime"] = "2026-01-02T03:04:05Z",
        };
    }

    /// <summary>The exporter is as its own controller has not looked at it yet.</summary>
    public Task ClearExporterConditionsAsync() =>
        PatchExporterAsync(Exporter, new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray() } }, "status");

    /// <summary>Asks the operator to plan and do nothing, or no longer.</summary>
    public Task PlanExporterAsync(bool plan) => PatchExporterAsync(
        Exporter,
        new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [SentryOtelGroup.PlanAnnotation] = plan ? "true" : null } } });

    public Task SuspendExporterAsync(bool suspend) => ChangeExporterAsync(new JsonObject { ["suspend"] = suspend });

    public Task ChangeExporterAsync(JsonObject spec) => PatchExporterAsync(Exporter, new JsonObject { ["spec"] = spec });

    public Task<SentryProjectRoute> CreateRouteAsync(string value, Action<SentryProjectRoute>? change = null, string? name = null)
    {
        var route = new SentryProjectRoute
        {
            Metadata = new V1ObjectMeta { Name = name ?? value, Namespace = Namespace },
            Spec = new SentryProjectRouteSpec
            {
                ExporterRef = new ExporterReference { Name = Exporter },
                AttributeValue = value,
                Project = new RouteProjectSpec { Slug = value },
            },
        };
        change?.Invoke(route);
        return Client.CreateAsync(route, null, Cancellation);
    }

    /// <summary>Makes a route one that a gateway wrote.</summary>
    public static void FromTelemetry(SentryProjectRoute route) =>
        route.Metadata.Annotations = new Dictionary<string, string> { [SentryOtelGroup.OriginAnnotation] = "Telemetry" };

    public Task PatchRouteAsync(string name, JsonObject patch) => Client.PatchAsync<SentryProjectRoute>(name, Namespace, patch, null, Cancellation);

    public Task DeleteRouteAsync(string name) => Client.DeleteAsync<SentryProjectRoute>(name, Namespace, null, Cancellation);

    /// <summary>Waits until a condition of a route has a status and reason.</summary>
    public Task<SentryProjectRoute> WaitAsync(string name, string type, bool holds, string reason, string? space = null) => Eventually.GetAsync(
        async () =>
        {
            var route = await Client.GetAsync<SentryProjectRoute>(name, space ?? Namespace, Cancellation);
            var condition = route?.Status?.Conditions.FindCondition(type);
            return condition?.Reason == reason && condition.Status == ConditionStatus.Of(holds) ? route
                : throw new InvalidOperationException($"{type} is {condition?.Status ?? "not set"}, {condition?.Reason}: {condition?.Message}");
        },
        Within,
        $"{name}: {type}={holds}, {reason}",
        Cancellation);

    public Task WaitUntilGoneAsync(string name) => Eventually.HoldsAsync(
        async () => await Client.GetAsync<SentryProjectRoute>(name, Namespace, Cancellation) is null, Within, $"{name} is gone", Cancellation);

    public Task WaitForAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, Within, what, Cancellation);

    public Task WaitForAsync(Func<Task<bool>> condition, string what) => Eventually.HoldsAsync(condition, Within, what, Cancellation);

    public Task WaitForEventAsync(string route, string reason) => Eventually.HoldsAsync(
        async () => (await EventReasonsAsync(route))!.Split(' ').Contains(reason), Within, $"an event {reason} of {route}", Cancellation);

    public async Task<string?> EventReasonsAsync(string route) =>
        await _cluster.ControlPlane.RunKubectlAsync(
            ["get", "events", "--namespace", Namespace, "--field-selector", $"involvedObject.name={route}", "--output", "jsonpath={.items[*].reason}"], null, Cancellation);

    /// <summary>Does what the compiler of routing tables does: writes the table as the routes now are.</summary>
    public async Task CompileTableAsync()
    {
        var exporter = (await Client.GetAsync<SentryExporter>(Exporter, Namespace, Cancellation))!;
        var routes = await Client.ListAllAsync<SentryProjectRoute>(Namespace, null, Cancellation);
        var name = RoutingTableNames.Of(Exporter, 0);
        var current = await Client.GetAsync<V1ConfigMap>(name, Namespace, Cancellation);
        var previous = new List<RoutingTableSlice>();
        if (current?.Data?[RoutingTableJson.DocumentKey] is { } document)
        {
            Assert.True(RoutingTableJson.TryParse(Encoding.UTF8.GetBytes(document), out var slice, out var error), error);
            previous.Add(slice);
        }

        var compiled = RoutingTableCompiler.Compile(RoutingTableSettings.Of(exporter, null), RouteEntries.Of(exporter, routes.Items), previous);
        await Client.ApplyAsync(RoutingTableMaps.Of(exporter, compiled.Single()), new ApplyOptions { FieldManager = "test", Force = true }, Cancellation);
    }

    /// <summary>Does what a gateway does: says which generation of the table it serves.</summary>
    public async Task ReportAsync(string gateway, long generation, int validSeconds = 3600, string? holder = null, DateTimeOffset? renewed = null)
    {
        var lease = new V1Lease
        {
            Metadata = new V1ObjectMeta
            {
                Name = gateway,
                Namespace = Namespace,
                Labels = new Dictionary<string, string> { [SentryOtelGroup.ExporterLabel] = Exporter, ["app.kubernetes.io/component"] = "gateway" },
                Annotations = new Dictionary<string, string> { [RouteProgramming.GenerationAnnotation] = $"{generation}" },
            },
            Spec = new V1LeaseSpec { HolderIdentity = holder ?? gateway, LeaseDurationSeconds = validSeconds, RenewTime = renewed ?? TimeProvider.System.GetUtcNow() },
        };
        await Client.ApplyAsync(lease, new ApplyOptions { FieldManager = "test", Force = true }, Cancellation);
    }

    /// <summary>What this world's operator has written so far, as the API server tells it.</summary>
    public IReadOnlyList<AuditEvent> Writes() =>
        [.. AuditLog.Read(_cluster.ControlPlane.AuditLogPath).Where(request => request.User == User && request.IsWrite)];

    public int SentryReads(string pathContains) => Sentry.State.Requests.All(ServerSide.Management, pathContains).Length;

    public async ValueTask DisposeAsync()
    {
        await KillOperatorAsync();
        await Sentry.DisposeAsync();
        Client.Dispose();
    }

    // An operator hears of exporters and of routes one beside the other: what is done to routes next shall find the exporter as it is now.
    private async Task PatchExporterAsync(string name, JsonObject patch, string? subresource = null)
    {
        var written = await Client.PatchAsync<SentryExporter>(name, Namespace, patch, new PatchOptions { Subresource = subresource }, Cancellation);
        await WaitForAsync(() => _operator?.Knows(written!) ?? true, "the operator knows the exporter as it is");
    }
}
