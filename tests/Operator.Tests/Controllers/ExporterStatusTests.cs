using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Gateways;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Controllers;

public sealed class ExporterStatusTests
{
    private static readonly CredentialState Good = new(ConditionStatus.True, CredentialReasons.TokenAccepted, "accepted");

    private static readonly Problem TooLarge = new("table", "RoutingTableTooLarge", "30000 routes");

    private static readonly Problem Missing = new("fallback", "ProjectNotFound", "routing.fallbackProject: none");

    private static readonly GatewayState Running = new(
        new ConditionState(ConditionStatus.True, "PodsReady", "1 of 1"), new ConditionState(ConditionStatus.False, "RolloutComplete", "all"), 1, 1, 1);

    [Fact]
    public void All_good_is_Ready()
    {
        var status = Build(new ExporterObservation("u", 4, Good));

        Assert.True(status.Conditions.IsConditionTrue(ExporterStatus.Ready));
        Assert.Equal(4, status.ObservedGeneration);
        Assert.All(status.Conditions!, static condition => Assert.Equal(4, condition.ObservedGeneration));
        Assert.Equal(
            ["CredentialsValid", "GatewayAvailable", "Progressing", "ProjectsSynced", "Ready"], status.Conditions!.Select(static condition => condition.Type).Order());
    }

    [Fact]
    public void Credentials_that_can_not_be_checked_leave_Ready_unknown()
    {
        var status = Build(new ExporterObservation("u", 1, new CredentialState(ConditionStatus.Unknown, "SentryUnreachable", "no answer")));

        Assert.Equal((ConditionStatus.Unknown, "SentryUnreachable"), Of(status, ExporterStatus.Ready));
        Assert.Equal(ConditionStatus.True, status.Conditions.FindCondition(ExporterStatus.GatewayAvailable)!.Status);
    }

    [Fact]
    public void A_kind_that_is_not_served_is_told()
    {
        var status = Build(new ExporterObservation("u", 1, Good) { Children = new ChildrenOutcome(null, ["HorizontalPodAutoscaler"]) });

        Assert.Equal((ConditionStatus.False, "KindNotServed"), Of(status, ExporterStatus.Progressing));
        Assert.Contains("HorizontalPodAutoscaler", status.Conditions.FindCondition(ExporterStatus.Progressing)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_without_project_are_named_but_not_all_of_many()
    {
        var routes = Enumerable.Range(1, 7).Select(static number => Route($"r{number}", projectReady: false)).Append(Route("good", projectReady: true)).ToList();

        var status = Build(new ExporterObservation("u", 1, Good), routes);

        Assert.Equal((ConditionStatus.False, "ProjectsNotReady"), Of(status, ExporterStatus.ProjectsSynced));
        Assert.Contains("ns/r1, ns/r2, ns/r3, ns/r4, ns/r5 and 2 more", status.Conditions.FindCondition(ExporterStatus.ProjectsSynced)!.Message, StringComparison.Ordinal);
        Assert.Equal((8, 1, "1/8"), (status.Routes!.Total, status.Routes.Ready, status.Routes.Summary));
    }

    [Fact]
    public void Services_that_get_no_route_and_routes_that_bounds_keep_waiting_are_counted()
    {
        var late = Route("late", projectReady: false);
        late.Status!.Conditions![0].Reason = "CreationRateLimited";
        var found = new ExporterDiscovery { Services = 12, Refused = 3, Reasons = "2 InvalidSlug, 1 ServiceNotAllowed" };

        var waiting = Build(new ExporterObservation("u", 1, Good), [late, Route("other", projectReady: false)], discovery: found);
        var ready = Build(new ExporterObservation("u", 1, Good), [Route("good", projectReady: true)], discovery: found);

        Assert.Equal(
            "without a project: ns/late, ns/other (1 CreationRateLimited); see their conditions; 3 of 12 discovered services get no route (2 InvalidSlug, 1 ServiceNotAllowed), events name them",
            waiting.Conditions.FindCondition(ExporterStatus.ProjectsSynced)!.Message);
        Assert.Equal((ConditionStatus.True, "ProjectsReady"), Of(ready, ExporterStatus.ProjectsSynced));
        Assert.Contains("3 of 12 discovered services", ready.Conditions.FindCondition(ExporterStatus.ProjectsSynced)!.Message, StringComparison.Ordinal);
        Assert.Equal((12, 3), (ready.Discovery!.Services, ready.Discovery.Refused));
    }

    [Fact]
    public void What_keeps_data_out_of_the_table_is_the_reason_of_Ready_too()
    {
        var status = Build(new ExporterObservation("u", 1, Good) { TableProblems = [TooLarge, Missing] }, [Route("orders", projectReady: false)]);

        Assert.Equal((ConditionStatus.False, "RoutingTableTooLarge"), Of(status, ExporterStatus.ProjectsSynced));
        Assert.Equal((ConditionStatus.False, "RoutingTableTooLarge"), Of(status, ExporterStatus.Ready));
        Assert.Equal(
            "30000 routes; routing.fallbackProject: none; without a project: ns/orders; see their conditions", status.Conditions.FindCondition(ExporterStatus.Ready)!.Message);
        Assert.Equal((ConditionStatus.True, "PodsReady"), Of(status, ExporterStatus.GatewayAvailable));
    }

    [Theory]
    [InlineData("NameConflict", "NoPodReady", "NameConflict")]
    [InlineData("RoutingTableTooLarge", "NoPodReady", "RoutingTableTooLarge")]
    [InlineData("NameConflict", "ImagePullBackOff", "ImagePullBackOff")]
    [InlineData("ProjectNotFound", "NoPodReady", "NoPodReady")]
    public void A_table_that_can_not_be_written_is_why_no_pod_is_ready_unless_a_pod_says_otherwise(string problem, string gateway, string expected)
    {
        var unready = Running with { Available = new ConditionState(ConditionStatus.False, gateway, "none") };

        var status = Build(new ExporterObservation("u", 1, Good) { TableProblems = [new Problem("table", problem, "why")] }, gateway: unready);

        Assert.Equal((ConditionStatus.False, expected), Of(status, ExporterStatus.GatewayAvailable));
        Assert.Equal((ConditionStatus.False, expected), Of(status, ExporterStatus.Ready));
    }

    [Fact]
    public void A_new_leader_says_what_the_one_before_said_until_it_has_looked_itself()
    {
        var before = Build(new ExporterObservation("u", 1, Good) { TableProblems = [Missing] }, [Route("orders", projectReady: false)]);

        var unseen = Build(new ExporterObservation("u", 1, Good), [Route("orders", projectReady: false)], previous: before);
        var cured = Build(new ExporterObservation("u", 1, Good) { TableProblems = [] }, previous: unseen);

        Assert.Equal((ConditionStatus.False, "ProjectNotFound"), Of(unseen, ExporterStatus.Ready));
        Assert.Equal(before.Conditions.FindCondition(ExporterStatus.ProjectsSynced)!.Message, unseen.Conditions.FindCondition(ExporterStatus.ProjectsSynced)!.Message);
        Assert.Equal((ConditionStatus.True, "ProjectsReady"), Of(cured, ExporterStatus.ProjectsSynced));
        Assert.True(cured.Conditions.IsConditionTrue(ExporterStatus.Ready));
    }

    [Fact]
    public void Routes_that_are_refused_do_not_count()
    {
        var refused = Route("refused", projectReady: false);
        refused.Status!.Conditions!.Add(new V1Condition { Type = "Accepted", Status = ConditionStatus.False, Reason = "Conflict" });

        var status = Build(new ExporterObservation("u", 1, Good), [refused]);

        Assert.Equal(0, status.Routes!.Total);
        Assert.Equal((ConditionStatus.True, "ProjectsReady"), Of(status, ExporterStatus.ProjectsSynced));
    }

    [Fact]
    public void The_time_of_a_condition_moves_with_its_status_alone()
    {
        var clock = new FakeTimeProvider();
        var first = Build(new ExporterObservation("u", 1, Good), clock: clock);
        clock.Advance(TimeSpan.FromHours(1));

        var second = Build(new ExporterObservation("u", 2, new CredentialState(ConditionStatus.False, "InvalidToken", "wrong")), previous: first, clock: clock);

        Assert.NotEqual(Time(first, ExporterStatus.Ready), Time(second, ExporterStatus.Ready));
        Assert.Equal(Time(first, ExporterStatus.GatewayAvailable), Time(second, ExporterStatus.GatewayAvailable));
    }

    [Fact]
    public void What_the_gateway_can_not_do_is_refused_by_name()
    {
        var exporter = new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = new string('n', 64) },
            Spec = new SentryExporterSpec
            {
                Http = new HttpSpec { Compression = HttpCompression.Zstd },
            },
        };

        Assert.Equal(
            ["metadata.name", "spec.http.compression"],
            UnsupportedSettings.Find(exporter).Select(static error => error.Path).Order());
        Assert.Empty(UnsupportedSettings.Find(new SentryExporter { Metadata = new V1ObjectMeta { Name = "main" } }));
    }

    [Fact]
    public void Claims_that_are_left_are_named_until_they_are_gone()
    {
        var left = Build(Observed(new ChildrenOutcome(null, []) { LeftClaims = ["queue-main-gateway-0", "queue-main-gateway-1"] }));
        var gone = Build(Observed(new ChildrenOutcome(null, []) { LeftClaims = [] }), previous: left);

        Assert.Equal((ConditionStatus.False, "ClaimsLeft"), Of(left, ExporterStatus.VolumesReleased));
        Assert.Contains(
            "queue-main-gateway-0, queue-main-gateway-1", left.Conditions.FindCondition(ExporterStatus.VolumesReleased)!.Message, StringComparison.Ordinal);
        Assert.Null(gone.Conditions.FindCondition(ExporterStatus.VolumesReleased));
    }

    [Fact]
    public void A_gateway_that_never_was_on_disk_says_nothing_of_volumes() =>
        Assert.Null(Build(Observed(new ChildrenOutcome(null, []))).Conditions.FindCondition(ExporterStatus.VolumesReleased));

    [Fact]
    public void Claims_that_can_not_be_changed_and_somebody_elses_autoscaler_are_told()
    {
        var kept = Build(Observed(new ChildrenOutcome(null, []) { KeepsClaimTemplate = true }));
        var scaled = Build(Observed(new ChildrenOutcome(null, []) { ForeignAutoscaler = "keda-hpa-gateway" }));

        Assert.Equal((ConditionStatus.False, "VolumeClaimFixed"), Of(kept, ExporterStatus.Progressing));
        Assert.Equal((ConditionStatus.False, "RolloutComplete"), Of(scaled, ExporterStatus.Progressing));
        Assert.Contains("keda-hpa-gateway", scaled.Conditions.FindCondition(ExporterStatus.Progressing)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("19Mi", null, "spec.queue")]
    [InlineData("20Mi", null, null)]
    [InlineData("1Gi", "15Mi", "spec.queue")]
    [InlineData("1Gi", "1Gi", null)]
    [InlineData("1Gi", "2Gi", "spec.queue.maxBytes")]
    public void A_queue_on_disk_has_room_and_no_more_than_its_volume(string size, string? maxBytes, string? path)
    {
        var exporter = new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = "main" },
            Spec = new SentryExporterSpec { Queue = new QueueSpec { Storage = QueueStorage.Disk, MaxBytes = maxBytes, VolumeClaim = new VolumeClaimSpec { Size = size } } },
        };

        Assert.Equal(path is null ? [] : [path], UnsupportedSettings.Find(exporter).Select(static error => error.Path));
    }

    private static ExporterObservation Observed(ChildrenOutcome children) => new("u", 1, Good) { Children = children };

    private static SentryExporterStatus Build(
        ExporterObservation observation, IReadOnlyCollection<SentryProjectRoute>? routes = null, SentryExporterStatus? previous = null, TimeProvider? clock = null,
        ExporterDiscovery? discovery = null, GatewayState? gateway = null)
    {
        var exporter = new SentryExporter { Metadata = new V1ObjectMeta { Name = "main", Namespace = "ns" } };
        return ExporterStatus.Build(exporter, exporter, previous, observation, gateway ?? Running, routes ?? [], clock ?? new FakeTimeProvider(), discovery);
    }

    private static SentryProjectRoute Route(string name, bool projectReady) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "ns" },
        Status = new SentryProjectRouteStatus
        {
            Conditions =
            [
                new V1Condition { Type = "ProjectReady", Status = ConditionStatus.Of(projectReady) },
                new V1Condition { Type = "Ready", Status = ConditionStatus.Of(projectReady) },
            ],
        },
    };

    private static (string Status, string? Reason) Of(SentryExporterStatus status, string type) =>
        (status.Conditions.FindCondition(type)!.Status, status.Conditions.FindCondition(type)!.Reason);

    private static DateTimeOffset? Time(SentryExporterStatus status, string type) => status.Conditions.FindCondition(type)!.LastTransitionTime;
}
