using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Cluster;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Hosting;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Tests.Exporters;
using SentryOtel.Operator.Traffic;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Organizations;

/// <summary>
/// Two organizations of one slug: one at a Sentry in plain text, one at a self-hosted Sentry with a path prefix, whose authority nobody else trusts and whose ingest is reached by
/// another name only. Two namespaces, the whole operator on its own account, and a node that runs the gateway that is shipped.
/// </summary>
internal sealed class OrganizationsWorld : IAsyncDisposable
{
    private const string Token = "sntryi_0123456789abcdef0123456789abcdef";
    private const string Image = "organizations-gateway";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(180);

    private readonly OperatorCluster _cluster;
    private readonly LocalKubelet _node;
    private readonly CertificateAuthority _authority;
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _operatorClient;
    private readonly OperatorComposition _operator;
    private readonly Task<OperatorHostResult> _running;

    private OrganizationsWorld(OperatorCluster cluster, LocalKubelet node, CertificateAuthority authority, SentryServerHost saas, SentryServerHost hosted, params IReadOnlyList<string> spaces)
    {
        (_cluster, _node, _authority) = (cluster, node, authority);
        (Saas, Hosted, One, Two) = (saas, hosted, spaces[0], spaces[1]);
        Client = Connect(cluster.ControlPlane.KubeconfigPath);
        _operatorClient = Connect(cluster.OperatorKubeconfig);
        _operator = new OperatorComposition(_operatorClient, null, Options(spaces), NullLoggerFactory.Instance, TimeProvider.System, new Random(1));
        _running = _operator.Host.RunAsync(_stop.Token);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A namespace.</summary>
    public string One { get; }

    /// <summary>Another.</summary>
    public string Two { get; }

    public SentryServerHost Saas { get; }

    public SentryServerHost Hosted { get; }

    public KubernetesClient Client { get; }

    public static async Task<OrganizationsWorld> StartAsync(OperatorCluster cluster)
    {
        string[] spaces = [cluster.NextNamespace(), cluster.NextNamespace()];
        var authority = new CertificateAuthority("private");
        var issued = authority.IssueServer("sentry", ["localhost"], [IPAddress.Loopback]);
        var certificate = X509Certificate2.CreateFromPem(issued.Certificate, issued.PrivateKey);
        var options = new SentryServerOptions { Tokens = [new AccessToken(Token, "org:read", "project:read", "project:write", "team:read")] };
        var saas = await SentryServerHost.StartAsync(options, Cancellation);
        var hosted = await SentryServerHost.StartAsync(
            options with
            {
                ManagementListenUrl = "https://127.0.0.1:0",
                IngestListenUrl = "https://127.0.0.1:0",
                PublicIngestUrl = new Uri("https://ingest.invalid/sentry"),
                PathPrefix = "/sentry",
                Certificate = certificate,
            },
            Cancellation);
        var node = await LocalKubelet.StartAsync(
            cluster.ControlPlane,
            new LocalKubeletOptions
            {
                Images = new Dictionary<string, string> { [Image] = Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway") },
                NodeName = "organizations",
            },
            Cancellation);
        foreach (var space in spaces)
        {
            await cluster.ControlPlane.RunKubectlAsync(["create", "namespace", space], null, Cancellation);
        }

        return new OrganizationsWorld(cluster, node, authority, saas, hosted, spaces);
    }

    /// <summary>An exporter of the organization in plain text.</summary>
    public Task CreateSaasExporterAsync(string space, string name, Action<SentryExporterSpec>? change = null) => CreateExporterAsync(
        space,
        name,
        new SentryExporterSpec { Url = Saas.ManagementUrl.AbsoluteUri.TrimEnd('/') },
        change);

    /// <summary>An exporter of the self-hosted organization, with all that it takes to reach it.</summary>
    public async Task CreateHostedExporterAsync(string space, string name, Action<SentryExporterSpec>? change = null)
    {
        await Client.ApplyAsync(
            new V1ConfigMap { Metadata = Meta(space, "private-ca"), Data = new Dictionary<string, string> { ["ca.pem"] = _authority.CertificatePem } }, Apply, Cancellation);
        await SetIngestAuthorityAsync(space);
        var spec = new SentryExporterSpec { Url = Hosted.ManagementUrl.AbsoluteUri.TrimEnd('/') };
        spec.Http.Tls = new ClientTlsSpec { CaFrom = new CertificateSource { ConfigMapKeyRef = new ConfigMapKeyReference { Name = "private-ca", Key = "ca.pem" } } };
        spec.Ingest = new IngestSpec
        {
            UrlOverride = Hosted.IngestUrl.AbsoluteUri.TrimEnd('/'),
            Tls = new ClientTlsSpec { CaFrom = new CertificateSource { SecretKeyRef = new SecretKeyReference { Name = "ingest-ca", Key = "ca.crt" } } },
        };
        await CreateExporterAsync(space, name, spec, change);
    }

    /// <summary>The Secret that the exporter of <see cref="CreateHostedExporterAsync"/> trusts.</summary>
    public Task SetIngestAuthorityAsync(string space) => SetSecretAsync(space, "ingest-ca", "ca.crt", _authority.CertificatePem);

    public Task CreateRouteAsync(string space, string exporter, string value, string? name = null) => Client.CreateAsync(
        new SentryProjectRoute
        {
            Metadata = Meta(space, name ?? $"{exporter}-{value}"),
            Spec = new SentryProjectRouteSpec
            {
                ExporterRef = new ExporterReference { Name = exporter },
                AttributeValue = value,
                Project = new RouteProjectSpec { Slug = value },
            },
        },
        null,
        Cancellation);

    /// <summary>Waits until what is created next is younger: the server tells ages by the second.</summary>
    public Task WaitUntilOlderAsync<T>(string space, string name)
        where T : class, IKubernetesObject => WaitForAsync(
        async () => (await Client.GetAsync<T>(name, space, Cancellation))!.Metadata.CreationTimestamp + TimeSpan.FromSeconds(1) < DateTimeOffset.UtcNow, $"{name} is older than a second");

    /// <summary>What <c>kubectl wait</c> says.</summary>
    public async Task WaitReadyAsync(string space, params IReadOnlyCollection<string> what)
    {
        try
        {
            await KubectlAsync(space, ["wait", "--for=condition=Ready", .. what, "--timeout=180s"]);
        }
        catch (InvalidOperationException exception)
        {
            const string Conditions = """jsonpath={range .items[*]}{.kind} {.metadata.name}{"\n"}{range .status.conditions[*]}  {.type} {.status} {.reason}: {.message}{"\n"}{end}{end}""";
            throw new InvalidOperationException($"{exception.Message}\n{await KubectlAsync(space, "get", "sentryexporters,sentryroutes,deployments,pods", "--output", Conditions)}", exception);
        }
    }

    public Task<string> KubectlAsync(string space, params IEnumerable<string> arguments) =>
        _cluster.ControlPlane.RunKubectlAsync(["--namespace", space, .. arguments], null, Cancellation);

    /// <summary>A condition of an exporter as <c>status reason: message</c>; empty when it has none.</summary>
    public async Task<string> ConditionAsync(string space, string exporter, string type) =>
        Text((await Client.GetAsync<SentryExporter>(exporter, space, Cancellation))?.Status?.Conditions.FindCondition(type));

    /// <summary>The same of a route.</summary>
    public async Task<string> RouteConditionAsync(string space, string route, string type) =>
        Text((await Client.GetAsync<SentryProjectRoute>(route, space, Cancellation))?.Status?.Conditions.FindCondition(type));

    public Task WaitForAsync(Func<Task<bool>> condition, string what) => Eventually.HoldsAsync(condition, Within, what, Cancellation);

    /// <summary>Sends one request with a span for each service, named by it and the tag, to a ready pod of a gateway.</summary>
    public async Task SendAsync(string space, string gateway, string tag, params IEnumerable<string> services)
    {
        var pods = await Client.ListAllAsync<V1Pod>(space, null, Cancellation);
        var pod = pods.Items.First(pod => pod.Metadata.Name!.StartsWith(gateway + "-", StringComparison.Ordinal)
            && pod.Metadata.DeletionTimestamp is null
            && pod.Status?.Conditions.IsConditionTrue("Ready") == true);
        using var client = new HttpClient();
        using var content = new StringContent(Request(tag, services).ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"http://{pod.Status!.PodIP}:{GatewayPorts.Http}/v1/traces"), content, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode && !text.Contains("rejected", StringComparison.Ordinal), $"{answer.StatusCode}: {text}");
    }

    /// <summary>Names of the spans that a Sentry has taken, with their projects, sorted: <c>project/span</c>.</summary>
    public static IEnumerable<string> SpansOf(SentryServerHost sentry) =>
        sentry.State.Received.Spans().Select(static span => $"{span.Arrival.ProjectSlug}/{span.Name}").Order(StringComparer.Ordinal);

    public Task WaitForSpansAsync(SentryServerHost sentry, params IEnumerable<string> spans) => WaitForAsync(
        () => SpansOf(sentry).SequenceEqual(spans.Order(StringComparer.Ordinal))
            ? Task.FromResult(true)
            : throw new InvalidOperationException($"{Saas.ManagementUrl} has {string.Join(", ", SpansOf(Saas))}; {Hosted.ManagementUrl} has {string.Join(", ", SpansOf(Hosted))}"),
        $"exactly {string.Join(", ", spans)} at {sentry.ManagementUrl}");

    public static IEnumerable<string> ProjectsOf(SentryServerHost sentry) => sentry.State.Projects.All().Select(static project => project.Slug).Order(StringComparer.Ordinal);

    /// <summary>The chart grants what the operator did, up to now, and the operator what the gateways did, unless one has just lost an exporter that it still looks after.</summary>
    public void AssertNothingWasForbidden(bool toGateways = true, string? except = null) => Assert.Empty(AuditLog.Read(_cluster.ControlPlane.AuditLogPath)
        .Where(request => request.Code == 403 && (request.Namespace == One || request.Namespace == Two) && (request.User == OperatorCluster.OperatorUser || (toGateways && IsGateway(request.User))))
        .Where(request => request.User != except)
        .Select(static request => $"{request.User} {request.Verb} {request.Uri}"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Assert.Null((await _running).Failure);
        await _operator.DisposeAsync();
        _operatorClient.Dispose();
        await _node.DisposeAsync();
        Client.Dispose();
        await Saas.DisposeAsync();
        await Hosted.DisposeAsync();
        _authority.Dispose();
        _stop.Dispose();
    }

    // Controllers of Kubernetes are refused pods too, while an account is on its way or going.
    private bool IsGateway(string user) => user.StartsWith($"system:serviceaccount:{One}:", StringComparison.Ordinal) || user.StartsWith($"system:serviceaccount:{Two}:", StringComparison.Ordinal);

    private static ApplyOptions Apply { get; } = new() { FieldManager = "test", Force = true };

    private static string Text(V1Condition? condition) => condition is null ? "" : $"{condition.Status} {condition.Reason}: {condition.Message}";

    private static JsonObject Request(string tag, IEnumerable<string> services) => new()
    {
        ["resourceSpans"] = new JsonArray([.. services.Select((service, index) => (JsonNode)new JsonObject
        {
            ["resource"] = new JsonObject
            {
                ["attributes"] = new JsonArray(new JsonObject { ["key"] = "service.name", ["value"] = new JsonObject { ["stringValue"] = service } }),
            },
            ["scopeSpans"] = new JsonArray(new JsonObject
            {
                ["spans"] = new JsonArray(new JsonObject
                {
                    ["traceId"] = (index + 1).ToString("x32", CultureInfo.InvariantCulture),
                    ["spanId"] = (index + 1).ToString("x16", CultureInfo.InvariantCulture),
                    ["name"] = $"{service}-{tag}",
                    ["startTimeUnixNano"] = "1767323045000000000",
                    ["endTimeUnixNano"] = "1767323046000000000",
                }),
            }),
        })]),
    };

    private async Task CreateExporterAsync(string space, string name, SentryExporterSpec spec, Action<SentryExporterSpec>? change)
    {
        await SetSecretAsync(space, "sentry", "token", Token);
        spec.OrgSlug = "acme";
        spec.AuthTokenSecretRef = new SecretKeyReference { Name = "sentry", Key = "token" };
        spec.AutoCreateProjects = true;
        spec.Timeout = "5s";
        spec.Gateway.Image = Image + ":1";
        spec.Gateway.TerminationGracePeriodSeconds = 10;
        change?.Invoke(spec);
        await Client.CreateAsync(new SentryExporter { Metadata = Meta(space, name), Spec = spec }, null, Cancellation);
    }

    private Task<V1Secret> SetSecretAsync(string space, string name, string key, string value) => Client.ApplyAsync(
        new V1Secret { Metadata = Meta(space, name), Data = new Dictionary<string, byte[]> { [key] = Encoding.UTF8.GetBytes(value) } }, Apply, Cancellation);

    private static V1ObjectMeta Meta(string space, string name) => new() { Name = name, Namespace = space };

    private static OperatorOptions Options(IReadOnlyList<string> spaces) => new()
    {
        WatchNamespaces = spaces,
        LeaderElect = false,
        LeaderElectionNamespace = OperatorCluster.OperatorNamespace,
        MetricsBindAddress = "0",
        HealthProbeBindAddress = "0",
        GatewayImage = "gateway:test",
        Times = new OperatorTimes { SecretPoll = TimeSpan.FromSeconds(2), TokenCheck = TimeSpan.FromSeconds(5), StorageSwitchPoll = TimeSpan.FromSeconds(1) },
        RouteTimes = new ProjectRouteTimes { ProgrammingCheck = TimeSpan.FromSeconds(1), Backoff = TimeSpan.FromMilliseconds(200), MaxBackoff = TimeSpan.FromSeconds(2) },
        TrafficTimes = new TrafficTimes { Interval = TimeSpan.FromSeconds(1), LeastPause = TimeSpan.FromSeconds(1) },
    };

    private static KubernetesClient Connect(string kubeconfig) => new(
        KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig),
        new KubernetesClientOptions { JsonTypeInfoResolvers = OperatorComposition.JsonTypeInfoResolvers });
}
