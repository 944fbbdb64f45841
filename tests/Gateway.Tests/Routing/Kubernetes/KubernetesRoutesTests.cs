using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
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
    private readonly EveryLogLine _log = new();
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

    [Fact]
    public async Task Flood_of_random_names_makes_no_more_routes_than_are_left_and_few_lines_in_the_log()
    {
        // given a table with two routes that nobody wrote, of twenty that there may be
        await StartAsync(autoCreate: true, new ProjectsConfiguration { MaxAutoCreated = 20, MaxCreatedPerMinute = 6_000 });
        await WriteAsync(Slice(1, Entry("orders", RouteState.Active), Entry("one", RouteState.Active) with { Rationed = true }, Entry("two", RouteState.Pending) with { Rationed = true }));
        await UntilAsync(() => _routes!.NotReady is null, "the table");

        // when data of ten thousand services come that nobody knows
        var refused = Flood();

        // then eighteen get a route, and the others are refused by name without being remembered
        Assert.Equal(10_000 - 18, refused.Count);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(refused.Count(static value => value.IsAlive), 0, 10);
        await ToldAsync(18);
        Assert.Equal(18, (await AnnouncedAsync()).Length);
        Assert.Single(_log.Lines, line => line.Contains("it gets no SentryProjectRoute", StringComparison.Ordinal) && line.Contains("maxAutoCreated", StringComparison.Ordinal));
        var lines = _log.Lines.Where(line => !line.StartsWith("Debug", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count <= 18 + 3, string.Join('\n', lines));

        // when the table has room again, as of a service that is gone
        await WriteAsync(Slice(2, Entry("orders", RouteState.Active), Entry("one", RouteState.Active) with { Rationed = true }));
        await AcknowledgedAsync("2");

        // then another may come
        Assert.Equal(RouteAnswerKind.Announce, _routes!.Find("checkout").Kind);
    }

    // Not inlined: the names are to be nobody's when it is over.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> Flood()
    {
        var refused = new List<WeakReference>();
        for (var i = 0; i < 10_000; i++)
        {
            var value = $"service-{i}-{Guid.NewGuid():n}";
            var answer = _routes!.Find(value);
            if (answer.Kind == RouteAnswerKind.Announce)
            {
                _routes.Announce(value);
            }
            else
            {
                Assert.Equal((RouteAnswerKind.None, RejectReason.TooManyServices), (answer.Kind, answer.Reason));
                refused.Add(new WeakReference(value));
            }
        }

        return refused;
    }

    [Fact]
    public async Task Service_whose_project_is_left_comes_back_though_there_is_no_room_for_another()
    {
        // given two projects, as many as there may be, whose routes are gone
        await StartAsync(autoCreate: true, new ProjectsConfiguration { MaxAutoCreated = 2 });
        await WriteAsync(Slice(1) with { LeftSlugs = ["orders", "sales"] });
        await UntilAsync(() => _routes!.NotReady is null, "the table");

        // when one of the services sends again, and a new one with it
        Assert.Equal(RouteAnswerKind.Announce, _routes!.Find("orders").Kind);
        Assert.Equal(RejectReason.TooManyServices, _routes.Find("checkout").Reason);
        _routes.Announce("checkout");
        _routes.Announce("orders");

        // then it has its route, and the new one has none
        await ToldAsync(1);
        Assert.Equal("orders", Assert.Single(await AnnouncedAsync()));
    }

    [Fact]
    public async Task Services_that_the_patterns_keep_out_are_refused_by_name_and_never_announced()
    {
        await StartAsync(autoCreate: true, new ProjectsConfiguration { AllowedServices = new(["shop-*"]), DeniedServices = new(["*-test"]) });
        await WriteAsync(Slice(1, Entry("billing", RouteState.Active)));
        await UntilAsync(() => _routes!.NotReady is null, "the table");

        foreach (var value in new[] { "random-1", "shop-test", "random-2" })
        {
            Assert.Equal(RejectReason.NotAllowed, _routes!.Find(value).Reason);
            _routes.Announce(value);
        }

        // A route that is there serves whatever it is called.
        Assert.Equal(RouteAnswerKind.Active, _routes!.Find("billing").Kind);
        Assert.Equal(RouteAnswerKind.Announce, _routes.Find("shop-orders").Kind);
        _routes.Announce("shop-orders");
        Assert.Equal((RouteAnswerKind.Announce, "the-old-one"), (_routes.Find("Legacy").Kind, _routes.Find("Legacy").Project));
        _routes.Announce("Legacy");
        await ToldAsync(2);
        Assert.Equal(["Legacy", "shop-orders"], (await AnnouncedAsync()).Order(StringComparer.Ordinal));
        var mapped = await _client!.GetAsync(Routes, RouteObjectName.For("main", "Legacy"), "default", Cancelled);
        Assert.Equal("the-old-one", (string?)mapped!["spec"]!["project"]!["slug"]);
        Assert.Single(_log.Lines, line => line.Contains("\"random-1\"", StringComparison.Ordinal));
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
        _log.Dispose();
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

    private async Task StartAsync(bool autoCreate, ProjectsConfiguration? projects = null)
    {
        // The kinds were installed a moment ago: they are read before they can be applied.
        var probe = new JsonObject
        {
            ["apiVersion"] = "sentry-otel.dev/v1alpha1",
            ["kind"] = "SentryProjectRoute",
            ["metadata"] = new JsonObject { ["name"] = "probe", ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["exporterRef"] = new JsonObject { ["name"] = "main" }, ["attributeValue"] = "probe", ["project"] = new JsonObject { ["slug"] = "probe" } },
        };
        await Eventually.HoldsAsync(
            async () => await _client!.ApplyAsync(probe, new ApplyOptions { FieldManager = "test", DryRun = true }, Cancelled) is not null,
            TimeSpan.FromSeconds(60), "SentryProjectRoute being served", Cancelled);
        var exporter = new ExporterConfiguration
        {
            Id = "sentry",
            Kubernetes = new KubernetesSourceConfiguration("main", "default"),
            AutoCreateProjects = autoCreate,
            Routing = new RoutingConfiguration { ProjectMapping = new Dictionary<string, string> { ["Legacy"] = "the-old-one" } },
            Projects = projects ?? new ProjectsConfiguration(),
            Http = new HttpConfiguration(),
            Queue = new QueueConfiguration(),
            Retry = new RetryConfiguration(),
            Timeout = TimeSpan.FromSeconds(30),
        };
        _routes = new KubernetesRoutes(
            exporter, _client!, new GatewayIdentity("gateway-0", null), new InformerServices { Random = new Random(1) }, TimeProvider.System, _log.CreateLogger("routes"));
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

    private Task ToldAsync(int announcements) => Eventually.HoldsAsync(
        () => _log.Lines.Count(line => line.Contains("by this replica)", StringComparison.Ordinal)) == announcements ? true : throw new InvalidOperationException(string.Join('\n', _log.Lines)),
        TimeSpan.FromSeconds(60), $"{announcements} announcements in the log", Cancelled);

    private async Task<string[]> AnnouncedAsync() =>
        (await _cluster!.RunKubectlAsync(["get", "sentryprojectroutes", "--namespace", "default", "--output", "jsonpath={.items[*].spec.attributeValue}"], cancellationToken: Cancelled))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private Task AcknowledgedAsync(string generation) => Eventually.HoldsAsync(
        async () => await _client!.GetAsync<V1Lease>("main-gateway-gateway-0", "default", Cancelled) is { } lease
            && lease.Metadata.Annotations!["sentry-otel.dev/routing-table-generation"] == generation
            && lease.Metadata.Labels!["sentry-otel.dev/exporter"] == "main"
            && lease.Metadata.Labels["app.kubernetes.io/component"] == "gateway"
            && lease.Spec is { LeaseDurationSeconds: 90, RenewTime: not null },
        TimeSpan.FromSeconds(60), $"the Lease with generation {generation}", Cancelled);
}
