using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Discovery;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;
using static SentryOtel.Operator.Tests.Discovery.DiscoveryModel;

namespace SentryOtel.Operator.Tests.Discovery;

public sealed class DiscoveryBoundTests
{
    [Fact]
    public void Services_that_the_patterns_keep_out_get_no_route_unless_a_mapping_names_them()
    {
        var exporter = Exporter(static spec =>
        {
            spec.Projects.AllowedServices = ["shop-*"];
            spec.Projects.DeniedServices = ["*-test"];
            spec.Routing.AttributeToProjectMapping = new() { ["Legacy.Orders"] = "the-old-orders" };
        });

        var plan = Plan(exporter, [Deployment("shop-orders"), Deployment("shop-test"), Deployment("billing"), Deployment("Legacy.Orders", name: "legacy")]);

        Assert.Equal(["Legacy.Orders", "shop-orders"], plan.Creates.Select(static service => service.Value));
        Assert.Equal([("billing", "ServiceNotAllowed"), ("shop-test", "ServiceNotAllowed")], plan.Refusals.Select(static refusal => (refusal.Subject, refusal.Reason)));
        Assert.Contains("projects.allowedServices", plan.Refusals[0].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_has_a_route_keeps_it_when_the_patterns_change() =>
        Assert.Empty(Plan(Exporter(static spec => spec.Projects.AllowedServices = ["shop-*"]), [Deployment("orders")], Route("orders")).Deletes);

    [Fact]
    public void Projects_that_were_there_before_do_not_count()
    {
        var exporter = Exporter(static spec => spec.Projects.MaxAutoCreated = 2);
        var found = Route("found", RouteOrigin.Telemetry);
        found.Status = new SentryProjectRouteStatus { Project = new RouteProjectStatus { Id = "1", Created = false } };
        var created = Route("created", RouteOrigin.Telemetry);
        created.Status = new SentryProjectRouteStatus { Project = new RouteProjectStatus { Id = "2", Created = true } };

        var plan = Plan(exporter, [Deployment("a"), Deployment("b")], found, created, Route("mine", RouteOrigin.Manual));

        Assert.Equal("a", Assert.Single(plan.Creates).Value);
        Assert.Equal("b", Assert.Single(plan.Refusals).Subject);

        // The gateways count the same routes.
        Assert.Equal(
            [("created", true), ("found", null), ("mine", null)],
            RouteEntries.Of(exporter, [found, created, Route("mine", RouteOrigin.Manual)]).Select(static entry => (entry.Value, entry.Rationed)));
    }

    [Fact]
    public void Routes_that_the_exporter_does_not_let_in_neither_claim_a_service_nor_fill_the_bound()
    {
        var exporter = Exporter(static spec => spec.Projects.MaxAutoCreated = 1);
        var stranger = Route("orders", RouteOrigin.Telemetry, space: "other");
        Assert.Empty(Plan(exporter, [Deployment("orders")], stranger).Creates);

        stranger.Status = new SentryProjectRouteStatus { Conditions = [new V1Condition { Type = "Accepted", Status = "False", Reason = "NotAllowedByExporter" }] };

        Assert.Equal("orders", Assert.Single(Plan(exporter, [Deployment("orders")], stranger).Creates).Value);
    }

    [Fact]
    public void Projects_whose_route_is_gone_count_and_their_services_may_come_back()
    {
        var exporter = Exporter(static spec => spec.Projects.MaxAutoCreated = 2);
        exporter.Status = new SentryExporterStatus { Projects = new ExporterProjects { WithoutRoute = new() { ["gone"] = "1", ["back"] = "2" } } };

        var plan = Plan(exporter, [Deployment("back"), Deployment("new")]);

        Assert.Equal("back", Assert.Single(plan.Creates).Value);
        var refusal = Assert.Single(plan.Refusals);
        Assert.Equal(("new", "MaxAutoCreatedReached"), (refusal.Subject, refusal.Reason));
        Assert.Contains("status.projects.withoutRoute", refusal.Note, StringComparison.Ordinal);

        // The gateways count the same.
        Assert.Null(Assert.Single(RouteEntries.Of(exporter, [Route("back")])).Rationed);
        Assert.Equal(["back", "gone"], RoutingTableSettings.Of(exporter, null).LeftSlugs);
    }

    [Fact]
    public void A_persons_route_that_is_marked_as_discovered_and_unused_is_not_deleted()
    {
        var route = Route("orders").UnusedSince("2026-01-01T00:00:00Z");
        Assert.Single(Plan(Exporter(), [], route).Deletes);

        route.Status = new SentryProjectRouteStatus { Origin = RouteOrigin.Manual };

        Assert.Empty(Plan(Exporter(), [], route).Deletes);
    }

    [Theory]
    [InlineData("ServiceNotAllowed", RouteState.Rejected)]
    [InlineData("MaxAutoCreatedReached", RouteState.Rejected)]
    [InlineData("CreationRateLimited", RouteState.Pending)]
    public void Data_of_a_service_that_is_kept_out_are_refused_and_those_of_one_that_waits_its_turn_wait(string reason, RouteState expected)
    {
        var route = Route("orders", RouteOrigin.Telemetry);
        route.Status = new SentryProjectRouteStatus { Conditions = [new V1Condition { Type = "ProjectReady", Status = "False", Reason = reason }] };

        var entry = Assert.Single(RouteEntries.Of(Exporter(), [route]));

        Assert.Equal((expected, reason, true), (entry.State, entry.Reason, entry.Rationed));
    }

    [Fact]
    public void A_flood_of_names_makes_as_many_routes_as_allowed_and_one_line_of_status()
    {
        var random = new Random(1);
        var flood = Enumerable.Range(0, 10_000).Select(i => Deployment($"svc-{i}-{random.Next():x}")).ToList();
        var exporter = Exporter();

        var plan = Plan(exporter, flood);
        var counts = DiscoveryBoard.Count(exporter, plan, plan.Refusals)!;

        Assert.Equal((100, 9_900), (plan.Creates.Count, plan.Refusals.Count));
        Assert.Equal((10_000, 9_900, "9900 MaxAutoCreatedReached"), (counts.Services, counts.Refused, counts.Reasons));
    }

    [Theory]
    [InlineData("30m", 1)]
    [InlineData("90m", 0)]
    [InlineData("99999999999h", 0)]
    public void The_exporter_says_how_long_an_unused_route_stays(string period, int deleted)
    {
        var plan = Plan(Exporter(spec => spec.Discovery.GracePeriod = period), [], Route("orders").UnusedSince("2026-03-01T11:00:00Z"));

        Assert.Equal(deleted, plan.Deletes.Count);
        Assert.Equal(deleted == 0, plan.NextCheck is not null);
    }
}
