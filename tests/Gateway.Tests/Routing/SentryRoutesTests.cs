using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Slugs;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Routing;

public sealed class SentryRoutesTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SocketsHttpHandler _handler = new();
    private readonly CancellationTokenSource _stop = new();
    private ProjectsConfiguration _projects = new();
    private SentryServerHost? _sentry;
    private SentryRoutes? _routes;
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Known_projects_are_routed_from_the_start()
    {
        await StartAsync(new RoutingConfiguration(), false, "orders", "payroll");

        Assert.Equal(["orders", "payroll"], new[] { "orders", "payroll" }.Select(value => _routes!.Find(value).Route!.Target.ProjectSlug).Order());
        Assert.Null(_routes!.NotReady);
    }

    [Fact]
    public async Task Mapping_comes_before_the_value_itself()
    {
        await StartAsync(new RoutingConfiguration { ProjectMapping = new Dictionary<string, string> { ["OrdersService"] = "payroll" } }, false, "payroll");

        Assert.Equal("payroll", _routes!.Find("OrdersService").Route!.Target.ProjectSlug);
        Assert.Equal(RejectReason.UnroutableValue, _routes.Find("Some Other").Reason);
    }

    [Fact]
    public async Task Normalize_turns_a_value_into_a_slug()
    {
        await StartAsync(new RoutingConfiguration { SlugPolicy = SlugPolicy.Normalize }, false, "orders-service");

        Assert.Equal("orders-service", _routes!.Find("OrdersService").Route!.Target.ProjectSlug);
    }

    [Fact]
    public async Task Fallback_takes_what_has_no_attribute()
    {
        await StartAsync(new RoutingConfiguration { FallbackProject = "catch-all" }, false, "catch-all");

        Assert.Equal("catch-all", _routes!.Find("").Route!.Target.ProjectSlug);
    }

    [Fact]
    public async Task Service_announced_many_times_at_once_gets_one_project()
    {
        await StartAsync(new RoutingConfiguration(), true);

        Parallel.For(0, 50, _ => _routes!.Announce("orders"));
        await UntilAsync(() => _routes!.Find("orders").Kind == RouteAnswerKind.Active, "the route");

        Assert.Single(_sentry!.State.Requests.All(pathContains: "/teams/"), request => request.Method == "POST");
        Assert.Single(_sentry.State.Projects.All());
    }

    [Fact]
    public async Task Service_that_the_patterns_keep_out_uses_a_project_that_is_there_and_gets_no_other()
    {
        _projects = new ProjectsConfiguration { AllowedServices = new(["shop-*"]), DeniedServices = new(["*-test"]) };
        var mapping = new Dictionary<string, string> { ["Legacy"] = "legacy" };
        await StartAsync(new RoutingConfiguration { ProjectMapping = mapping }, true, "payroll");
        var requests = _sentry!.State.Requests.All(ServerSide.Management).Length;

        Assert.Equal("payroll", _routes!.Find("payroll").Route!.Target.ProjectSlug);
        foreach (var i in Enumerable.Range(0, 10_000))
        {
            Assert.Equal(RejectReason.NotAllowed, _routes.Find($"random-{i}").Reason);
        }

        Assert.Equal(RejectReason.NotAllowed, _routes.Find("shop-test").Reason);
        Assert.Equal((1, 0), (_routes.State!.Routes.Active, _routes.State.Routes.Refused));
        Assert.Equal(requests, _sentry.State.Requests.All(ServerSide.Management).Length);

        foreach (var value in new[] { "shop-orders", "Legacy" })
        {
            Assert.Equal(RouteAnswerKind.Announce, _routes.Find(value).Kind);
            _routes.Announce(value);
            await UntilAsync(() => _routes.Find(value).Kind == RouteAnswerKind.Active, value);
        }

        Assert.Equal(["legacy", "payroll", "shop-orders"], _sentry.State.Projects.All().Select(static project => project.Slug).Order());
    }

    [Fact]
    public async Task Before_Sentrys_list_is_known_a_service_that_is_kept_out_is_looked_up_and_not_created()
    {
        _projects = new ProjectsConfiguration { AllowedServices = new(["shop-*"]) };
        _sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = ["payroll"], Tokens = [new AccessToken(LiveGateway.Token)] }, TestContext.Current.CancellationToken);
        Create(new RoutingConfiguration(), true);

        foreach (var value in new[] { "payroll", "random" })
        {
            Assert.Equal(RouteAnswerKind.Announce, _routes!.Find(value).Kind);
            _routes.Announce(value);
        }

        await UntilAsync(() => _routes!.Find("payroll").Kind == RouteAnswerKind.Active, "the project of before");
        await UntilAsync(() => _routes!.Find("random").Kind == RouteAnswerKind.None, "the refusal");
        Assert.Contains("allowed_services", _routes!.Find("random").Message, StringComparison.Ordinal);
        Assert.Equal(["payroll"], _sentry.State.Projects.All().Select(static project => project.Slug));
    }

    [Fact]
    public async Task Deleted_project_is_not_made_anew_by_itself()
    {
        await StartAsync(new RoutingConfiguration(), true, "orders");
        _sentry!.State.Projects.Delete("orders");

        _time.Advance(TimeSpan.FromSeconds(61));
        _routes!.Recheck("orders");

        await UntilAsync(() => _routes.IsHeld("orders") && _routes.TargetOf("orders") is null, "the tombstone");
        var answer = _routes.Find("orders");
        Assert.Equal((RouteAnswerKind.None, RejectReason.NoProject), (answer.Kind, answer.Reason));
        Assert.Contains("deleted in Sentry", answer.Message, StringComparison.Ordinal);
        Assert.Null(_routes.TargetOf("orders"));
        Assert.DoesNotContain(_sentry.State.Requests.All(ServerSide.Management), request => request.Method == "POST");
    }

    [Fact]
    public async Task Deleted_project_is_made_anew_where_that_is_configured()
    {
        _projects = new ProjectsConfiguration { RecreateDeleted = true };
        await StartAsync(new RoutingConfiguration(), true, "orders");
        var before = _routes!.Find("orders").Route!.Target;
        _sentry!.State.Projects.Delete("orders");

        _time.Advance(TimeSpan.FromSeconds(61));
        _routes.Recheck("orders");

        await UntilAsync(() => _routes.TargetOf("orders") is { } target && target.ProjectId != before.ProjectId, "the new project");
    }

    [Fact]
    public async Task Changed_key_is_noticed_when_Sentry_refuses_the_old_one()
    {
        await StartAsync(new RoutingConfiguration(), false, "orders");
        var before = _routes!.Find("orders").Route!.Target;
        _sentry!.State.Keys.Update(before.PublicKey, key => key with { IsActive = false });
        var after = _sentry.State.Keys.Create(long.Parse(before.ProjectId, System.Globalization.CultureInfo.InvariantCulture), "second");

        _time.Advance(TimeSpan.FromSeconds(61));
        _routes.Recheck("orders");

        await UntilAsync(() => _routes.TargetOf("orders")?.PublicKey == after.Public, "the new key");
    }

    [Fact]
    public async Task Refused_project_is_looked_up_at_most_once_a_minute()
    {
        await StartAsync(new RoutingConfiguration(), false, "orders");
        var requests = _sentry!.State.Requests.All(ServerSide.Management).Length;

        for (var i = 0; i < 10; i++)
        {
            _routes!.Recheck("orders");
        }

        Assert.Equal(RouteAnswerKind.Active, _routes!.Find("orders").Kind);
        Assert.Equal(requests, _sentry.State.Requests.All(ServerSide.Management).Length);
    }

    [Fact]
    public async Task Wrong_token_is_the_reason_for_not_being_ready_and_is_not_printed()
    {
        _sentry = await SentryServerHost.StartAsync(new SentryServerOptions(), TestContext.Current.CancellationToken);
        Run(new RoutingConfiguration(), false);

        await UntilAsync(() => _routes!.NotReady is { } reason && !reason.Contains("not checked", StringComparison.Ordinal), "the reason");

        Assert.DoesNotContain(LiveGateway.Token, _routes!.NotReady, StringComparison.Ordinal);
        _sentry.State.Tokens.Grant(LiveGateway.Token);
        await UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(30));
                return _routes.NotReady is null;
            },
            "readiness once the token is right");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _routes?.Dispose();
        _handler.Dispose();
        _stop.Dispose();
        if (_sentry is not null)
        {
            await _sentry.DisposeAsync();
        }
    }

    private async Task StartAsync(RoutingConfiguration routing, bool autoCreate, params string[] projects)
    {
        _sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = projects, Tokens = [new AccessToken(LiveGateway.Token)] }, TestContext.Current.CancellationToken);
        Run(routing, autoCreate);
        await UntilAsync(() => _routes!.NotReady is null, "readiness");
        await _time.WaitForTimersAsync(1, TestContext.Current.CancellationToken);
    }

    private void Run(RoutingConfiguration routing, bool autoCreate)
    {
        Create(routing, autoCreate);
        _running = _routes!.RunAsync(_stop.Token);
    }

    private void Create(RoutingConfiguration routing, bool autoCreate)
    {
        var exporter = new ExporterConfiguration
        {
            Id = "sentry",
            Api = new SentryApiConfiguration(_sentry!.ManagementUrl, "acme", new Secret(LiveGateway.Token)),
            AutoCreateProjects = autoCreate,
            Routing = routing,
            Projects = _projects,
            Http = new HttpConfiguration(),
            Queue = new QueueConfiguration(),
            Retry = new RetryConfiguration(),
            Timeout = TimeSpan.FromSeconds(30),
        };
        var client = new SentryApiClient(
            new SentryApiOptions { Url = exporter.Api.Url, Organization = "acme", Token = new SentryToken(LiveGateway.Token) },
            _handler, new SentryApiBudget(_time, new Random(1)), _time, new Random(1));
        _routes = new SentryRoutes(exporter, client, _time, new Random(1), NullLogger.Instance);
    }

    private static Task UntilAsync(Func<bool> condition, string what) =>
        Eventually.HoldsAsync(condition, TimeSpan.FromSeconds(60), what, TestContext.Current.CancellationToken);
}
