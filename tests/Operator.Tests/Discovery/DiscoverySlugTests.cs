using SentryOtel.Crds;
using static SentryOtel.Operator.Tests.Discovery.DiscoveryModel;

namespace SentryOtel.Operator.Tests.Discovery;

public sealed class DiscoverySlugTests
{
    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("OrdersService", "orders-service")]
    [InlineData("Legacy.Orders", "the-old-orders")]
    public void The_mapping_names_the_project_and_else_the_slug_policy(string value, string slug)
    {
        var exporter = Exporter(static spec => spec.Routing.AttributeToProjectMapping = new() { ["Legacy.Orders"] = "the-old-orders" });

        Assert.Equal(slug, Assert.Single(Plan(exporter, [Deployment(value)]).Creates).Slug);
    }

    [Fact]
    public void Values_that_would_have_one_slug_get_each_their_own()
    {
        var plan = Plan(Exporter(), [Deployment("OrdersService", name: "a"), Deployment("orders-service", name: "b"), Deployment("Orders.Service", name: "c")]);

        Assert.Equal(3, plan.Creates.Select(static service => service.Slug).Distinct().Count());
        Assert.Equal("orders-service", plan.Creates.Single(static service => service.Value == "orders-service").Slug);
    }

    [Fact]
    public void A_route_of_any_origin_is_a_rival_too()
    {
        var plan = Plan(Exporter(), [Deployment("OrdersService")], Route("orders-service", RouteOrigin.Manual));

        var slug = Assert.Single(plan.Creates).Slug;
        Assert.StartsWith("orders-service-", slug, StringComparison.Ordinal);
    }

    [Fact]
    public void Under_the_strict_policy_a_value_that_is_no_slug_is_refused_and_the_others_are_not()
    {
        var exporter = Exporter(static spec => spec.Routing.SlugPolicy = SlugPolicy.Strict);

        var plan = Plan(exporter, [Deployment("OrdersService"), Deployment("carts")]);

        Assert.Equal("carts", Assert.Single(plan.Creates).Value);
        var refusal = Assert.Single(plan.Refusals);
        Assert.Equal(("OrdersService", "InvalidSlug"), (refusal.Subject, refusal.Reason));
        Assert.Contains("slugPolicy: normalize", refusal.Note, StringComparison.Ordinal);
        Assert.Contains("Deployment shop/ordersservice", refusal.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_late_comer_does_not_move_into_the_project_of_another_service()
    {
        var plan = Plan(Exporter(), [Deployment("orders-service"), Deployment("OrdersService")], Route("OrdersService", slug: "orders-service"));

        Assert.Empty(plan.Creates);
        var refusal = Assert.Single(plan.Refusals);
        Assert.Equal(("orders-service", "SlugTaken"), (refusal.Subject, refusal.Reason));
        Assert.Contains("OrdersService", refusal.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exporters_bound_counts_every_route_that_nobody_wrote()
    {
        var exporter = Exporter(static spec => spec.Projects.MaxAutoCreated = 4);

        var plan = Plan(
            exporter,
            [Deployment("d"), Deployment("c"), Deployment("b"), Deployment("a"), Deployment("e")],
            Route("e"), Route("t", RouteOrigin.Telemetry), Route("m", RouteOrigin.Manual));

        Assert.Equal(["a", "b"], plan.Creates.Select(static service => service.Value));
        Assert.Equal(["c", "d"], plan.Refusals.Select(static refusal => refusal.Subject));
        Assert.All(plan.Refusals, static refusal => Assert.Equal("MaxAutoCreatedReached", refusal.Reason));
        Assert.Contains("projects.maxAutoCreated allows 4", plan.Refusals[0].Note, StringComparison.Ordinal);
    }
}
