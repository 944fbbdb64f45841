using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.RoutingTables;

public sealed class RouteEntriesTests
{
    private static readonly SentryExporter Exporter = new()
    {
        Metadata = new V1ObjectMeta { Name = "main", Namespace = "shop" },
        Spec = new SentryExporterSpec { OrgSlug = "acme" },
    };

    [Fact]
    public void A_limit_of_the_exporters_organisation_does_not_hold_a_project_that_is_named_by_its_DSN()
    {
        var known = Route("orders", "1");
        var foreign = Route("partner", "2");
        (foreign.Spec.Project, foreign.Spec.DsnSecretRef) = (null, new SecretKeyReference { Name = "dsn", Key = "dsn" });
        var entries = RouteEntries.Of(Exporter, [known, foreign]);
        var limits = new RateLimitStore(new FakeTimeProvider());

        limits.Apply(KeyOf("3"), "acme", 429, ["60:span:organization"], null);

        Assert.Equal(TimeSpan.FromSeconds(60), DelayOf(entries[0]));
        Assert.Equal(TimeSpan.Zero, DelayOf(entries[1]));

        TimeSpan DelayOf(RouteEntry entry) => limits.GetDelay(entry.Target!.PublicKey, entry.Target.Organization, IngestSignal.Traces);
    }

    [Fact]
    public void An_entry_carries_the_weight_of_its_route()
    {
        var heavy = Route("orders", "1");
        heavy.Spec.Weight = 7;

        Assert.Equal([7, null], RouteEntries.Of(Exporter, [heavy, Route("sales", "2")]).Select(static entry => entry.Weight));
    }

    [Fact]
    public void A_forbidden_change_leaves_the_entry_as_it_was()
    {
        var route = Route("orders", "1");
        var before = Assert.Single(RouteEntries.Of(Exporter, [route]));
        route.Spec.AttributeValue = "sales";
        route.Status!.Exporters![0].Conditions = [new V1Condition { Type = "Accepted", Status = "False", Reason = "InvalidSpec" }];

        Assert.Equal(before, Assert.Single(RouteEntries.Of(Exporter, [route])));
        Assert.Equal("orders", RouteClaims.ValueOf(route));
        Assert.Equal(new ObjectKey("shop", "main"), RouteClaims.ExporterOf(route));
        Assert.Equal("spec.attributeValue", Assert.Single(RouteClaims.FindForbiddenChange(route)).Path);
    }

    [Fact]
    public void A_route_that_was_never_accepted_is_bound_to_nothing()
    {
        var route = Route("orders", "1");
        route.Status!.AttributeValue = null;
        (route.Spec.AttributeValue, route.Spec.ExporterRef.Name) = ("sales", "other");

        Assert.Empty(RouteClaims.FindForbiddenChange(route));
        Assert.Equal(("sales", "shop/other"), (RouteClaims.ValueOf(route), RouteClaims.ExporterOf(route).ToString()));
    }

    [Theory]
    [InlineData("NotAllowedByExporter")]
    [InlineData(null)]
    public void A_route_of_another_namespace_that_was_not_let_in_has_no_entry_and_takes_no_value(string? reason)
    {
        var stranger = Route("orders", "1");
        (stranger.Metadata.Namespace, stranger.Metadata.Uid, stranger.Metadata.CreationTimestamp) = ("other", "stranger", DateTimeOffset.UnixEpoch);
        stranger.Spec.ExporterRef.Namespace = "shop";
        stranger.Status!.Exporters![0].Conditions = reason is null ? [] : [new V1Condition { Type = "Accepted", Status = "False", Reason = reason }];
        var own = Route("orders", "2");
        own.Metadata.CreationTimestamp = DateTimeOffset.UnixEpoch.AddDays(1);

        Assert.Empty(RouteEntries.Of(Exporter, [stranger]));
        Assert.Equal("2", Assert.Single(RouteEntries.Of(Exporter, [stranger, own])).Target?.ProjectId);

        stranger.Status.Exporters[0].Conditions = [new V1Condition { Type = "Accepted", Status = "True", Reason = "Accepted" }];
        Assert.Equal("1", Assert.Single(RouteEntries.Of(Exporter, [stranger, own])).Target?.ProjectId);
    }

    [Fact]
    public void To_name_the_own_namespace_is_no_change()
    {
        var route = Route("orders", "1");
        route.Spec.ExporterRef.Namespace = "shop";

        Assert.Empty(RouteClaims.FindForbiddenChange(route));
    }

    private static SentryProjectRoute Route(string value, string project) => new()
    {
        Metadata = new V1ObjectMeta { Name = value, Namespace = "shop", Uid = value },
        Spec = new SentryProjectRouteSpec { ExporterRef = new ExporterReference { Name = "main" }, AttributeValue = value, Project = new RouteProjectSpec { Slug = value } },
        Status = new SentryProjectRouteStatus
        {
            AttributeValue = value,
            Exporters = [new RouteExporterStatus { Namespace = "shop", Name = "main", Conditions = [] }],
            Project = new RouteProjectStatus
            {
                Id = project,
                PublicKey = KeyOf(project),
                Endpoints = new RouteProjectEndpoints { Traces = $"https://sentry.test/api/{project}/traces", Logs = $"https://sentry.test/api/{project}/logs" },
            },
        },
    };

    private static string KeyOf(string project) => project.PadLeft(32, '0');
}
