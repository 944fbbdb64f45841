using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Projects;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Operator.Tests.Projects;

public sealed class ProjectUsersTests
{
    private readonly SentryExporter _exporter = Exporter("main");
    private readonly SentryProjectRoute _route = Route("orders", "main", "17");
    private readonly Dictionary<string, Dsn?> _dsns = new(StringComparer.Ordinal);

    [Fact]
    public async Task Nobody_else_sends_to_a_project_of_one_route() => Assert.Null(await FindAsync([_exporter, Exporter("other")], [_route, Route("sales", "other", "18")]));

    [Theory]
    [InlineData("https://sentry.test", "acme", true)]
    [InlineData("https://SENTRY.test/", "acme", true)]
    [InlineData("https://sentry.example", "acme", false)]
    [InlineData("https://sentry.test", "globex", false)]
    public async Task A_route_of_another_exporter_of_the_organisation_does(string url, string organization, bool expected)
    {
        var other = Exporter("other", url, organization);

        Assert.Equal(expected ? "route ns/sales" : null, await FindAsync([_exporter, other], [_route, Route("sales", "other", "17")]));
        Assert.Equal(expected ? "route ns/sales" : null, await FindAsync([_exporter, other], [_route, Route("sales", "other", null, "orders")]));
    }

    [Fact]
    public async Task A_route_that_names_the_project_by_a_DSN_does_whatever_its_exporter()
    {
        var other = Exporter("other", organization: null);
        var route = Route("sales", "other", "17");
        (route.Spec.Project, route.Spec.DsnSecretRef) = (null, new SecretKeyReference { Name = "dsn", Key = "dsn" });

        Assert.Null(await FindAsync([_exporter, other], [_route, route]));
        route.Status!.Project!.Endpoints = new RouteProjectEndpoints { Traces = "https://sentry.test/api/17/traces" };

        Assert.Equal("route ns/sales", await FindAsync([_exporter, other], [_route, route]));
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public async Task A_route_by_a_DSN_does_behind_an_ingest_of_the_exporters_own(bool isRelayed, bool hasKey, bool expected)
    {
        _exporter.Spec.Ingest = isRelayed ? new IngestSpec { UrlOverride = "http://relay:3000" } : null;
        _route.Status!.Project!.PublicKey = "0123456789abcdef0123456789abcdef";
        var route = Route("sales", "other", "17");
        (route.Spec.Project, route.Spec.DsnSecretRef) = (null, new SecretKeyReference { Name = "dsn", Key = "dsn" });
        route.Status!.Project!.Endpoints = new RouteProjectEndpoints { Traces = "https://o1.ingest.sentry.test/api/17/traces" };
        route.Status.Project.PublicKey = hasKey ? _route.Status.Project.PublicKey : "00000000000000000000000000000000";

        Assert.Equal(expected ? "route ns/sales" : null, await FindAsync([_exporter, Exporter("other", organization: null)], [_route, route]));
    }

    [Theory]
    [InlineData("main", "acme", "orders", true)]
    [InlineData("other", "acme", "orders", true)]
    [InlineData("other", "acme", "orders-renamed", true)]
    [InlineData("other", "acme", "sales", false)]
    [InlineData("other", "globex", "orders", false)]
    public async Task The_fallback_of_any_exporter_of_the_organisation_does(string name, string organization, string slug, bool expected)
    {
        _route.Status!.Project!.Slug = "orders-renamed";
        var other = Exporter(name, organization: organization);
        other.Spec.Routing.FallbackProject = slug;

        Assert.Equal(expected ? $"routing.fallbackProject of SentryExporter ns/{name}" : null, await FindAsync([_exporter, other], [_route]));
    }

    [Theory]
    [InlineData("4", "https://us.sentry.test", true)]
    [InlineData("5", "https://us.sentry.test", false)]
    [InlineData("4", "https://de.sentry.test", false)]
    public async Task An_organisation_is_the_same_under_another_address_of_its_server(string id, string region, bool expected)
    {
        _exporter.Status = new SentryExporterStatus { Organization = new ExporterOrganization { Id = "4", RegionUrl = "https://us.sentry.test" } };
        var other = Exporter("other", "https://us.sentry.test");
        other.Status = new SentryExporterStatus { Organization = new ExporterOrganization { Id = id, RegionUrl = region } };
        other.Spec.Routing.FallbackProject = "orders";

        Assert.Equal(expected ? "routing.fallbackProject of SentryExporter ns/other" : null, await FindAsync([_exporter, other], [_route]));
    }

    [Theory]
    [InlineData("https://0123456789abcdef0123456789abcdef@sentry.test/17", null, true)]
    [InlineData("https://0123456789abcdef0123456789abcdef@sentry.test/18", null, false)]
    [InlineData("https://0123456789abcdef0123456789abcdef@sentry.example/17", null, false)]
    [InlineData("https://0123456789abcdef0123456789abcdef@sentry.example/17", "http://relay:3000", true)]
    public async Task An_exporter_whose_DSN_is_of_the_project_does(string dsn, string? ingest, bool expected)
    {
        _exporter.Spec.Ingest = ingest is null ? null : new IngestSpec { UrlOverride = ingest };
        var other = Exporter("other", organization: null);
        other.Spec.DsnSecretRef = new SecretKeyReference { Name = "dsn", Key = "dsn" };
        Assert.True(Dsn.TryParse(dsn, out var parsed, out var error), error);
        _dsns["other"] = parsed;

        Assert.Equal(expected ? "dsnSecretRef of SentryExporter ns/other" : null, await FindAsync([_exporter, other], [_route]));
    }

    [Fact]
    public async Task A_route_that_is_going_or_was_never_let_in_does_not()
    {
        var going = Route("going", "main", "17");
        going.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;
        var stranger = Route("stranger", "main", null, "orders");
        stranger.Status!.Conditions = [new V1Condition { Type = "Accepted", Status = "False", Reason = "NotAllowedByExporter" }];

        Assert.Null(await FindAsync([_exporter], [_route, going, stranger]));
    }

    private Task<string?> FindAsync(SentryExporter[] exporters, SentryProjectRoute[] routes) =>
        new ProjectUsers(new Store<SentryExporter>(exporters), new Store<SentryProjectRoute>(routes), (exporter, _) => Task.FromResult(_dsns.GetValueOrDefault(exporter.Metadata.Name!)))
            .FindOtherAsync(_route, _exporter, _route.Status?.Project, TestContext.Current.CancellationToken);

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
