using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Discovery;
using static SentryOtel.Operator.Tests.Discovery.DiscoveryModel;

namespace SentryOtel.Operator.Tests.Discovery;

public sealed class DiscoveryPlanTests
{
    [Fact]
    public void A_service_of_several_workloads_gets_one_route_that_names_them()
    {
        var plan = Plan(Exporter(), [Deployment("orders"), Workload(WorkloadKind.CronJob, "orders", name: "orders-report"), Deployment("carts")]);

        Assert.Equal(
            [new("carts", "carts", "Deployment shop/carts"), new DiscoveredService("orders", "orders", "CronJob shop/orders-report, Deployment shop/orders")],
            plan.Creates);
        Assert.Empty(plan.Refusals);
        Assert.Null(plan.NextCheck);
    }

    [Fact]
    public void The_note_of_many_workloads_is_bounded()
    {
        var plan = Plan(Exporter(), Enumerable.Range(0, 23).Select(static i => Deployment("orders", name: $"orders-{i:00}")));

        var workloads = Assert.Single(plan.Creates).Workloads;
        Assert.StartsWith("Deployment shop/orders-00, ", workloads, StringComparison.Ordinal);
        Assert.EndsWith("Deployment shop/orders-09 and 13 more", workloads, StringComparison.Ordinal);
    }

    [Fact]
    public void Workloads_without_the_label_or_with_an_empty_one_are_no_services()
    {
        var unlabelled = new Workload(WorkloadKind.Deployment, new V1ObjectMeta { Name = "web", Namespace = "shop" });

        Assert.Empty(Plan(Exporter(), [unlabelled, Deployment("")]).Creates);
    }

    [Fact]
    public void The_exporter_says_which_label_counts()
    {
        var exporter = Exporter(static spec => spec.Discovery.LabelKey = "app.kubernetes.io/name");
        var labelled = Deployment("ignored");
        labelled.Metadata.Labels!["app.kubernetes.io/name"] = "orders";

        Assert.Equal("orders", Assert.Single(Plan(exporter, [labelled]).Creates).Value);
    }

    [Theory]
    [InlineData(null, "shop")]
    [InlineData("empty", "billing other shop")]
    [InlineData("sentry=yes", "billing")]
    public void The_namespace_selector_says_where_services_are(string? selector, string expected)
    {
        var exporter = Exporter(spec => spec.Discovery.NamespaceSelector = selector switch
        {
            null => null,
            "empty" => new LabelSelector(),
            _ => new LabelSelector { MatchLabels = new Dictionary<string, string> { ["sentry"] = "yes" } },
        });

        var plan = Plan(exporter, new[] { "shop", "billing", "other", "gone" }.Select(static space => Deployment($"in-{space}", space)));

        Assert.Equal(expected.Split(' ').Select(static space => $"in-{space}"), plan.Creates.Select(static service => service.Value));
    }

    [Fact]
    public void A_workload_that_opts_out_is_no_service()
    {
        var workload = Deployment("orders");
        workload.Metadata.Annotations = new Dictionary<string, string> { ["sentry-otel.dev/discovery"] = "disabled" };

        Assert.Empty(Plan(Exporter(), [workload]).Creates);
    }

    [Fact]
    public void Only_the_kinds_that_the_exporter_names_are_looked_at()
    {
        var exporter = Exporter(static spec => spec.Discovery.WorkloadKinds = [WorkloadKind.StatefulSet, WorkloadKind.Job]);

        var plan = Plan(exporter, Enum.GetValues<WorkloadKind>().Select(static kind => Workload(kind, $"a-{kind}".ToLowerInvariant())));

        Assert.Equal(["a-job", "a-statefulset"], plan.Creates.Select(static service => service.Value));
    }

    [Theory]
    [InlineData("batch/v1")]
    [InlineData("batch/v1beta1")]
    public void A_job_that_a_cron_job_made_is_spoken_for(string version)
    {
        var job = Workload(WorkloadKind.Job, "report");
        job.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = version, Kind = "CronJob", Name = "report", Uid = "1", Controller = true }];

        Assert.Empty(Plan(Exporter(), [job]).Creates);
        Assert.Single(Plan(Exporter(), [Workload(WorkloadKind.Job, "report")]).Creates);
    }

    [Theory]
    [InlineData(RouteOrigin.Manual, "shop")]
    [InlineData(RouteOrigin.Manual, "billing")]
    [InlineData(RouteOrigin.Telemetry, "shop")]
    public void A_service_that_has_a_route_keeps_it_untouched(RouteOrigin origin, string space)
    {
        var plan = Plan(Exporter(), [Deployment("orders")], Route("orders", origin, "another-project", space));

        AssertNothing(plan);
        AssertNothing(Plan(Exporter(), [], Route("orders", origin, "another-project", space)));
    }

    [Fact]
    public void Discovered_routes_that_are_in_use_need_nothing() =>
        AssertNothing(Plan(Exporter(), [Deployment("orders"), Deployment("carts")], Route("orders"), Route("carts")));

    [Fact]
    public void A_route_without_workload_is_marked_and_deleted_after_the_grace()
    {
        var fresh = Plan(Exporter(), [], Route("orders"));
        var waiting = Plan(Exporter(), [], Route("orders").UnusedSince("2026-03-01T11:30:00Z"), Route("carts").UnusedSince("2026-03-01T11:15:00Z"));
        var due = Plan(Exporter(), [], Route("orders").UnusedSince("2026-03-01T11:00:00Z"));

        Assert.Equal("orders", Assert.Single(fresh.Marks).Spec.AttributeValue);
        Assert.Empty(waiting.Marks);
        Assert.Empty(waiting.Deletes);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 15, 0, TimeSpan.Zero), waiting.NextCheck);
        Assert.Equal("orders", Assert.Single(due.Deletes).Spec.AttributeValue);
        Assert.Empty(due.Marks);
    }

    [Fact]
    public void A_mark_that_is_no_time_is_made_anew() =>
        Assert.Single(Plan(Exporter(), [], Route("orders").UnusedSince("yesterday")).Marks);

    [Fact]
    public void A_mark_of_the_future_counts_as_of_now()
    {
        var plan = Plan(Exporter(), [], Route("orders").UnusedSince("9999-12-31T23:59:59Z"));

        Assert.Empty(plan.Deletes);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero), plan.NextCheck);
    }

    [Fact]
    public void A_route_whose_data_still_arrive_outlives_its_grace()
    {
        var route = Route("orders").UnusedSince("2026-03-01T09:00:00Z");
        route.Status = new SentryProjectRouteStatus { Traffic = new RouteTraffic { LastSeenTime = Now.AddMinutes(-20) } };

        var plan = Plan(Exporter(), [], route);

        Assert.Empty(plan.Deletes);
        Assert.Equal(Now.AddMinutes(40), plan.NextCheck);
    }

    [Fact]
    public void A_workload_that_comes_back_takes_the_mark_away()
    {
        var plan = Plan(Exporter(), [Deployment("orders")], Route("orders").UnusedSince("2026-03-01T09:00:00Z"));

        var update = Assert.Single(plan.Updates);
        Assert.Equal(("orders", "Deployment shop/orders"), (update.Route.Spec.AttributeValue, update.Workloads));
        Assert.Empty(plan.Deletes);
        Assert.Empty(plan.Creates);
    }

    [Fact]
    public void A_route_on_its_way_out_is_left_to_go_and_not_replaced()
    {
        var route = Route("orders").UnusedSince("2026-03-01T09:00:00Z");
        route.Metadata.DeletionTimestamp = Now;

        AssertNothing(Plan(Exporter(), [], route));
        AssertNothing(Plan(Exporter(), [Deployment("orders")], route));
    }

    [Fact]
    public void A_discovered_route_of_another_namespace_is_somebody_elses() =>
        AssertNothing(Plan(Exporter(), [], Route("orders", space: "billing")));

    [Theory]
    [InlineData("disabled")]
    [InlineData("suspended")]
    [InlineData("dsn")]
    public void An_exporter_that_wants_none_gets_none_and_what_is_there_stays(string why)
    {
        var exporter = Exporter(spec =>
        {
            spec.Discovery.Enabled = why != "disabled";
            spec.Suspend = why == "suspended";
            spec.OrgSlug = why == "dsn" ? null : spec.OrgSlug;
        });

        AssertNothing(Plan(exporter, [Deployment("carts")], Route("orders").UnusedSince("2026-03-01T09:00:00Z"), Route("carts")));
    }

    private static void AssertNothing(DiscoveryPlan plan)
    {
        Assert.Empty(plan.Creates);
        Assert.Empty(plan.Marks);
        Assert.Empty(plan.Updates);
        Assert.Empty(plan.Deletes);
        Assert.Empty(plan.Refusals);
        Assert.Null(plan.NextCheck);
    }
}
