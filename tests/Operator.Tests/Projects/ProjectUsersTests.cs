using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Projects;

namespace SentryOtel.Operator.Tests.Projects;

public sealed class ProjectUsersTests
{
    private readonly SentryExporter _exporter = Exporter("main");
    private readonly SentryProjectRoute _route = Route("orders", "main", "17");

    [Fact]
    public void Nobody_else_sends_to_a_project_of_one_route() => Assert.Null(Find([_exporter, Exporter("other")], [_route, Route("sales", "other", "18")]));

    [Theory]
    [InlineData("https://sentry.test", "acme", true)]
    [InlineData("https://SENTRY.test/", "acme", true)]
    [InlineData("https://sentry.example", "acme", false)]
    [InlineData("https://sentry.test", "globex", false)]
    public void A_route_of_another_exporter_of_the_organisation_does(string url, string organization, bool expected)
    {
        var other = Exporter("other", url, organization);

        Assert.Equal(expected ? "route ns/sales" : null, Find([_exporter, other], [_route, Route("sales", "other", "17")]));
        Assert.Equal(expected ? "route ns/sales" : null, Find([_exporter, other], [_route, Route("sales", "other", null, "orders")]));
    }

    [Fact]
    public void A_route_that_names_the_project_by_a_DSN_does_whatever_its_exporter()
    {
        var other = Exporter("other", organization: null);
        var route = Route("sales", "other", "17");
        (route.Spec.Project, route.Spec.DsnSecretRef) = (null, new SecretKeyReference { Name = "dsn", Key = "dsn" });

        Assert.Null(Find([_exporter, other], [_route, route]));
        route.Status!.Project!.Endpoints = new RouteProjectEndpoints { Traces = "https://sentry.test/api/17/traces" };

        Assert.Equal("route ns/sales", Find([_exporter, other], [_route, route]));
    }

    [Theory]
    [InlineData("main", "acme", "orders", true)]
    [InlineData("other", "acme", "orders", true)]
    [InlineData("other", "acme", "orders-renamed", true)]
    [InlineData("other", "acme", "sales", false)]
    [InlineData("other", "globex", "orders", false)]
    public void The_fallback_of_any_exporter_of_the_organisation_does(string name, string organization, string slug, bool expected)
    {
        _route.Status!.Project!.Slug = "orders-renamed";
        var other = Exporter(name, organization: organization);
        other.Spec.Routing.FallbackProject = slug;

        Assert.Equal(expected ? $"routing.fallbackProject of SentryExporter ns/{name}" : null, Find([_exporter, other], [_route]));
    }

    [Fact]
    public void A_route_that_is_going_or_was_never_let_in_does_not()
    {
        var going = Route("going", "main", "17");
        going.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;
        var stranger = Route("stranger", "main", null, "orders");
        stranger.Status!.Conditions = [new V1Condition { Type = "Accepted", Status = "False", Reason = "NotAllowedByExporter" }];

        Assert.Null(Find([_exporter], [_route, going, stranger]));
    }

    private string? Find(SentryExporter[] exporters, SentryProjectRoute[] routes) =>
        new ProjectUsers(new Store<SentryExporter>(exporters), new Store<SentryProjectRoute>(routes)).FindOther(_route, _exporter, _route.Status?.Project);

    private static SentryExporter Exporter(string name, string url = "https://sentry.test", string? organization = "acme") => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "ns", Uid = name },
        Spec = new SentryExporterSpec { Url = url, OrgSlug = organization },
    };

    private static SentryProjectRoute Route(string name, string exporter, string? id, string? slug = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "ns", Uid = name },
        Spec = new SentryProjectRouteSpec { ExporterRef = new ExporterReference { Name = exporter }, AttributeValue = name, Project = new RouteProjectSpec { Slug = slug ?? name } },
        Status = new SentryProjectRouteStatus
        {
            Project = id is null ? null : new RouteProjectStatus { Id = id, Slug = slug ?? name, Endpoints = name == "orders" ? new RouteProjectEndpoints { Traces = $"https://sentry.test/api/{id}/traces" } : null },
        },
    };

    private sealed class Store<T>(T[] objects) : IStore<T>
        where T : class, IKubernetesObject
    {
        public int Count => objects.Length;

        public T? Get(ObjectKey key) => objects.FirstOrDefault(entity => ObjectKey.Of(entity) == key);

        public IReadOnlyList<T> List() => objects;

        public IReadOnlyList<T> ByNamespace(string @namespace) => throw new NotSupportedException();

        public IReadOnlyList<T> ByOwner(string uid) => throw new NotSupportedException();

        public IReadOnlyList<T> ByIndex(string index, string value) => throw new NotSupportedException();
    }
}
