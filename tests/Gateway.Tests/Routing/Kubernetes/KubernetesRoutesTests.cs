using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Cluster;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Routing.Kubernetes;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Sentry.Routing;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Routing.Kubernetes;

/// <summary>The gateway's part in a cluster, against a real API server.</summary>
public sealed class KubernetesRoutesTests : IAsyncLifetime
{
    private static readonly EntityMetadata Routes = new("sentry-otel.dev", "v1alpha1", "SentryProjectRoute", "sentryprojectroutes", EntityScope.Namespaced);

    private readonly CancellationTokenSource _stop = new();
    private ControlPlane? _cluster;
    private KubernetesClient? _client;
    private KubernetesRoutes? _routes;
    private Task _running = Task.CompletedTask;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Table_is_served_swapped_acknowledged_and_unknown_services_are_announced()
    {
        // given a gateway before its table is there
        await StartAsync(autoCreate: true);
        Assert.Contains("main-routes is not loaded", _routes!.NotReady, StringComparison.Ordinal);

        // when the operator writes the table
        await WriteAsync(Slice(1, Entry("orders", RouteState.Active), Entry("payroll", RouteState.Pending), Entry("barred", RouteState.Rejected)));

        // then it is served, and the Lease says so
        await UntilAsync(() => _routes.NotReady is null, "the table");
        Assert.Equal("orders", _routes.Find("orders").Route!.Target.ProjectSlug);
        Assert.Equal(RouteAnswerKind.Wait, _routes.Find("payroll").Kind);
        Assert.Equal(RejectReason.NoProject, _routes.Find("barred").Reason);
        Assert.Equal(RejectReason.MissingAttribute, _routes.Find("").Reason);
        await AcknowledgedAsync("1");

        // when it changes, into two slices
        var entries = new[] { "orders", "payroll" }.ToLookup(value => RoutingTable.SliceOf(value, 2), value => Entry(value, RouteState.Active));
        await WriteAsync(Slice(2, [.. entries[1]]) with { SliceIndex = 1, SliceCount = 2 });
        await WriteAsync(Slice(2, [.. entries[0]]) with { SliceCount = 2 });

        // then the new one is served whole
        await UntilAsync(() => _routes.Find("payroll").Kind == RouteAnswerKind.Active, "the second slice");
        Assert.Equal(RouteAnswerKind.Active, _routes.Find("orders").Kind);
        await AcknowledgedAsync("2");

        // when data of a service come that nobody announced
        Assert.Equal(RouteAnswerKind.Announce, _routes.Find("checkout").Kind);
        _routes.Announce("checkout");
        _routes.Announce("checkout");

        // then there is a route for it
        var name = RouteObjectName.For("main", "checkout");
        await Eventually.HoldsAsync(
            async () => await _client!.GetAsync(Routes, name, "default", Cancelled) is { } route
                && (string?)route["spec"]!["attributeValue"] == "checkout"
                && (string?)route["spec"]!["project"]!["slug"] == "checkout"
                && (string?)route["metadata"]!["annotations"]!["sentry-otel.dev/origin"] == "Telemetry",
            TimeSpan.FromSeconds(60), "the announced route", Cancelled);
    }

    [Fact]
    public async Task Without_leave_to_create_projects_an_unknown_service_is_rejected()
    {
        await StartAsync(autoCreate: false);
        await WriteAsync(Slice(1, Entry("orders", RouteState.Active)));
        await UntilAsync(() => _routes!.NotReady is null, "the table");

        Assert.Equal(RejectReason.NoProject, _routes!.Find("checkout").Reason);
    }

    public async ValueTask InitializeAsync()
    {
        _cluster = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, Cancelled);
        await _cluster.RunKubectlAsync(["apply", "-f", RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/plain")], cancellationToken: Cancelled);
        _client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(_cluster.KubeconfigPath));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _routes?.Dispose();
        _client?.Dispose();
        _stop.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private static RouteEntry Entry(string value, RouteState state) => new()
    {
        Value = value,
        State = state,
        Reason = state == RouteState.Active ? null : "Because",
        Target = state == RouteState.Active ? FixedRoutes.Target(value) : null,
        Generation = 1,
    };

    private static RoutingTableSlice Slice(long generation, params RouteEntry[] routes) => new()
    {
        Exporter = "default/main",
        Generation = generation,
        RoutingAttribute = "service.name",
        Routes = [.. routes.OrderBy(route => route.Value, StringComparer.Ordinal)],
    };

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, TimeSpan.FromSeconds(60), what, Cancelled);

    private async Task StartAsync(bool autoCreate)
    {
        // The kinds were installed a moment ago.
        await Eventually.HoldsAsync(
            async () => await _client!.GetAsync(Routes, "none", "default", Cancelled) is null, TimeSpan.FromSeconds(60), "SentryProjectRoute being served", Cancelled);
        var exporter = new ExporterConfiguration
        {
            Id = "sentry",
            Kubernetes = new KubernetesSourceConfiguration("main", "default"),
            AutoCreateProjects = autoCreate,
            Routing = new RoutingConfiguration(),
            Projects = new ProjectsConfiguration(),
            Http = new HttpConfiguration(),
            Queue = new QueueConfiguration(),
            Retry = new RetryConfiguration(),
            Timeout = TimeSpan.FromSeconds(30),
        };
        _routes = new KubernetesRoutes(
            exporter, _client!, new GatewayIdentity("gateway-0", null), new InformerServices { Random = new Random(1) }, TimeProvider.System, NullLogger.Instance);
        _running = _routes.RunAsync(_stop.Token);
    }

    private async Task WriteAsync(RoutingTableSlice slice) => await _client!.ApplyAsync(
        new V1ConfigMap
        {
            Metadata = { Name = slice.SliceIndex == 0 ? "main-routes" : $"main-routes-{slice.SliceIndex}", Namespace = "default" },
            Data = new Dictionary<string, string> { [RoutingTableJson.DocumentKey] = Encoding.UTF8.GetString(RoutingTableJson.Serialize(slice)) },
        },
        new ApplyOptions { FieldManager = "test" },
        Cancelled);

    private Task AcknowledgedAsync(string generation) => Eventually.HoldsAsync(
        async () => await _client!.GetAsync<V1Lease>("main-gateway-gateway-0", "default", Cancelled) is { } lease
            && lease.Metadata.Annotations!["sentry-otel.dev/routing-table-generation"] == generation
            && lease.Metadata.Labels!["sentry-otel.dev/exporter"] == "main"
            && lease.Metadata.Labels["app.kubernetes.io/component"] == "gateway"
            && lease.Spec is { LeaseDurationSeconds: 90, RenewTime: not null },
        TimeSpan.FromSeconds(60), $"the Lease with generation {generation}", Cancelled);
}
