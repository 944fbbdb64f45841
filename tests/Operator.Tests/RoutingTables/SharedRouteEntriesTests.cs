using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Tests.RoutingTables;

/// <summary>From routes to entries, where exporters share a gateway.</summary>
public sealed class SharedRouteEntriesTests
{
    private static readonly SentryExporter First = Exporter("first");
    private static readonly SentryExporter Second = Exporter("second");

    [Fact]
    public void A_value_that_an_older_route_of_another_exporter_holds_is_rejected_here()
    {
        var older = Route("first", "orders", age: 1);
        var younger = Route("second", "orders", age: 2);

        var first = Assert.Single(RouteEntries.Of(First, [older], (Second, [younger])));
        var second = Assert.Single(RouteEntries.Of(Second, [younger], (First, [older])));

        Assert.Equal(RouteState.Active, first.State);
        Assert.Equal((RouteState.Rejected, "Conflict"), (second.State, second.Reason));
    }

    [Fact]
    public void A_route_that_its_exporter_refuses_or_that_is_going_keeps_nobody_out()
    {
        var refused = Route("first", "orders", age: 1);
        refused.Status!.Exporters = [new RouteExporterStatus { Namespace = "ns", Name = "first", Conditions = [new V1Condition { Type = "Accepted", Status = "False", Reason = "NotAllowedByExporter" }] }];
        var leaving = Route("first", "carts", age: 1);
        leaving.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;

        var entries = RouteEntries.Of(Second, [Route("second", "orders", age: 2), Route("second", "carts", age: 2)], (First, [refused, leaving]));

        Assert.All(entries, static entry => Assert.Equal(RouteState.Active, entry.State));
    }

    [Fact]
    public void A_suspended_route_still_holds_its_value()
    {
        var suspended = Route("first", "orders", age: 1);
        suspended.Spec.Suspend = true;

        var entry = Assert.Single(RouteEntries.Of(Second, [Route("second", "orders", age: 2)], (First, [suspended])));

        Assert.Equal("Conflict", entry.Reason);
    }

    [Fact]
    public void Limits_of_the_organization_do_not_concern_a_project_that_is_known_by_its_DSN()
    {
        var own = Route("first", "orders", age: 1);
        var foreign = Route("first", "carts", age: 1);
        foreign.Spec.DsnSecretRef = new SecretKeyReference { Name = "dsn", Key = "dsn" };

        var entries = RouteEntries.Of(First, [own, foreign]);

        Assert.Equal([("carts", null), ("orders", "acme")], entries.Select(static entry => (entry.Value, entry.Target!.Organization)));
    }

    private static SentryExporter Exporter(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "ns" },
        Spec = new SentryExporterSpec { OrgSlug = "acme", Gateway = new GatewaySpec { Shared = true } },
    };

    private static SentryProjectRoute Route(string exporter, string value, int age) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"{exporter}-{value}", Namespace = "ns", CreationTimestamp = DateTimeOffset.UnixEpoch.AddSeconds(age) },
        Spec = new SentryProjectRouteSpec { ExporterRef = new ExporterReference { Name = exporter }, AttributeValue = value },
        Status = new SentryProjectRouteStatus
        {
            Project = new RouteProjectStatus
            {
                Id = "7",
                Slug = value,
                PublicKey = "0123456789abcdef0123456789abcdef",
                Endpoints = new RouteProjectEndpoints { Traces = "https://sentry/api/7/traces", Logs = "https://sentry/api/7/logs" },
            },
        },
    };
}
