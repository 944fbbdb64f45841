using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Traffic;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Traffic;

/// <summary>What a route's status makes of what gateways say.</summary>
public sealed class ObservedStatusTests
{
    private static readonly AcceptanceVerdict Accepted = new(true, RouteReasons.Accepted, "taken");
    private static readonly ProgrammingVerdict Programmed = new(true, RouteReasons.Programmed, "served");
    private static readonly ProjectOutcome Project = new(true, RouteReasons.ProjectFound, "found", new RouteProjectStatus { Id = "7", Slug = "orders" });

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 0, 0, TimeSpan.Zero));
    private readonly SentryExporter _exporter = new()
    {
        Metadata = new V1ObjectMeta { Namespace = "shop", Name = "main" },
        Status = new SentryExporterStatus { Conditions = [Holds("CredentialsValid"), Holds("GatewayAvailable")] },
    };

    [Fact]
    public void Counts_and_the_last_data_are_told()
    {
        var traffic = new RouteTraffic { Accepted = 1200, Sent = 1100, Dropped = 100, LastSeenTime = _time.GetUtcNow() };

        var status = Compose(new RouteObservation(traffic, [], false, false));

        Assert.Same(traffic, status.Traffic);
        Assert.Equal((ConditionStatus.False, RouteReasons.NotRateLimited), Of(status, RouteReasons.RateLimitedType));
        Assert.Equal((ConditionStatus.True, RouteReasons.Ready), Of(status, RouteReasons.ReadyType));
    }

    [Fact]
    public void A_limit_that_ends_while_data_are_kept_is_told_per_category_and_leaves_the_route_ready()
    {
        var status = Compose(Limited(("span", "project", 120), ("log_item", "organization", 60)));

        Assert.Equal((ConditionStatus.True, RouteReasons.LimitedBySentry), Of(status, RouteReasons.RateLimitedType));
        Assert.Equal(
            "Sentry limits spans (span, project) until 2026-01-02T03:02:00Z and log records (log_item, organization) until 2026-01-02T03:01:00Z; "
                + "gateways keep the data until then, within queue.maxAge",
            status.Conditions.FindCondition(RouteReasons.RateLimitedType)!.Message);
        Assert.Equal((ConditionStatus.True, RouteReasons.Ready), Of(status, RouteReasons.ReadyType));
    }

    [Theory]
    [InlineData(null, QueueStorage.Memory, 600, true)]
    [InlineData(null, QueueStorage.Memory, 601, false)]
    [InlineData(null, QueueStorage.Disk, 601, true)]
    [InlineData("30s", QueueStorage.Memory, 31, false)]
    [InlineData("1h", QueueStorage.Memory, 3600, true)]
    public void A_limit_on_spans_that_outlasts_the_queue_makes_the_route_unready(string? maxAge, QueueStorage storage, int seconds, bool ready)
    {
        _exporter.Spec.Queue.MaxAge = maxAge;
        _exporter.Spec.Queue.Storage = storage;

        var status = Compose(Limited(("span", "project", seconds)));

        Assert.Equal((ConditionStatus.Of(ready), ready ? RouteReasons.Ready : RouteReasons.LimitedBySentry), Of(status, RouteReasons.ReadyType));
    }

    [Fact]
    public void A_limit_on_logs_does_not_concern_a_span() =>
        Assert.True(Compose(Limited(("log_byte", "project", 86_400))).Conditions.IsConditionTrue(RouteReasons.ReadyType));

    [Fact]
    public void Everything_changes_back_by_itself_as_time_passes()
    {
        var observation = Limited(("span", "project", 900));
        Assert.False(Compose(observation).Conditions.IsConditionTrue(RouteReasons.ReadyType));

        var change = observation.NextChange(_time.GetUtcNow(), QueueAge.Of(_exporter));
        Assert.Equal(_time.GetUtcNow().AddSeconds(300), change);
        _time.Advance(TimeSpan.FromSeconds(300));
        Assert.True(Compose(observation).Conditions.IsConditionTrue(RouteReasons.ReadyType));

        change = observation.NextChange(_time.GetUtcNow(), QueueAge.Of(_exporter));
        Assert.Equal(_time.GetUtcNow().AddSeconds(600), change);
        _time.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal((ConditionStatus.False, RouteReasons.NotRateLimited), Of(Compose(observation), RouteReasons.RateLimitedType));
        Assert.Null(observation.NextChange(_time.GetUtcNow(), QueueAge.Of(_exporter)));
    }

    [Fact]
    public void A_project_that_Sentry_refuses_is_not_ready()
    {
        var status = Compose(new RouteObservation(null, [], IsRefused: true, false));

        Assert.Equal((ConditionStatus.False, RouteReasons.RefusedBySentry), Of(status, RouteReasons.ReadyType));
    }

    [Fact]
    public void Of_gateways_that_do_not_answer_nothing_is_known()
    {
        var status = Compose(new RouteObservation(null, [], false, IsUnread: true));

        Assert.Equal((ConditionStatus.Unknown, RouteReasons.GatewaysNotRead), Of(status, RouteReasons.RateLimitedType));
        Assert.True(status.Conditions.IsConditionTrue(RouteReasons.ReadyType));
    }

    [Fact]
    public void While_nothing_was_published_the_status_keeps_what_it_says()
    {
        var before = Compose(Limited(("span", "project", 60)) with { Traffic = new RouteTraffic { Accepted = 3 } });

        var status = Compose(null, before);

        Assert.Equal(3, status.Traffic!.Accepted);
        Assert.Equal((ConditionStatus.True, RouteReasons.LimitedBySentry), Of(status, RouteReasons.RateLimitedType));
        Assert.Equal((ConditionStatus.True, RouteReasons.LimitedBySentry), Of(status.Exporters!.Single().Conditions, RouteReasons.RateLimitedType));
    }

    [Fact]
    public void A_route_without_a_project_speaks_of_no_limits()
    {
        var before = Compose(Limited(("span", "project", 60)));

        var status = new RouteStatusComposer(_time).Compose(
            Route(), _exporter, before, Accepted, new ProjectOutcome(false, RouteReasons.Pending, "not yet", null), Programmed, null);

        Assert.Null(status.Conditions.FindCondition(RouteReasons.RateLimitedType));
    }

    private static SentryProjectRoute Route() => new() { Metadata = new V1ObjectMeta { Namespace = "shop", Name = "orders", Generation = 1 } };

    private static V1Condition Holds(string type) => new() { Type = type, Status = ConditionStatus.True, Reason = "Test" };

    private static (string, string?) Of(SentryProjectRouteStatus status, string type) => Of(status.Conditions, type);

    private static (string, string?) Of(List<V1Condition>? conditions, string type) =>
        conditions.FindCondition(type) is { } condition ? (condition.Status, condition.Reason) : ("absent", null);

    private SentryProjectRouteStatus Compose(RouteObservation? observation, SentryProjectRouteStatus? before = null) =>
        new RouteStatusComposer(_time).Compose(Route(), _exporter, before, Accepted, Project, Programmed, observation);

    private RouteObservation Limited(params (string Category, string Scope, int Seconds)[] limits) => new(
        null,
        [.. limits.Select(limit => new SeenLimit(limit.Category, limit.Scope, _time.GetUtcNow().AddSeconds(limit.Seconds), limit.Category == "span"))],
        false,
        false);
}
