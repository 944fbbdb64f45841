using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;

namespace SentryOtel.Operator.Tests.Projects;

public sealed class AutoCreationQuotaTests
{
    private static readonly SentryExporter Exporter = new()
    {
        Metadata = new V1ObjectMeta { Name = "main", Namespace = "ns", Uid = "exporter" },
        Spec = new SentryExporterSpec { Projects = new ProjectsSpec { MaxAutoCreated = 1 } },
    };

    private readonly AutoCreationQuota _quota = new();
    private readonly List<SentryProjectRoute> _routes = [];

    [Fact]
    public void A_route_that_began_before_another_came_does_not_take_what_that_one_was_granted()
    {
        var early = Add("early");

        // It reads a Secret while the other comes and is quicker.
        bool TryEarly() => _quota.TryTake(Exporter, early, () => _routes);
        var late = Add("late");
        Assert.True(_quota.TryTake(Exporter, late, () => _routes));

        Assert.False(TryEarly());
        Assert.True(_quota.TryTake(Exporter, late, () => _routes));
    }

    [Fact]
    public void What_a_route_was_granted_is_free_again_when_it_goes_or_nothing_came_of_it()
    {
        var first = Add("first");
        var second = Add("second");
        Assert.True(_quota.TryTake(Exporter, first, () => _routes));
        Assert.False(_quota.TryTake(Exporter, second, () => _routes));

        _routes.Remove(first);
        _quota.Forget(ObjectKey.Of(first));
        Assert.True(_quota.TryTake(Exporter, second, () => _routes));
        _quota.Forget(ObjectKey.Of(second));
        Assert.True(_quota.TryTake(Exporter, Add("third"), () => _routes));
    }

    [Fact]
    public void Projects_of_before_count_and_those_of_people_do_not()
    {
        Add("people", RouteOrigin.Manual).Status = new SentryProjectRouteStatus { Project = new RouteProjectStatus { Created = true } };
        var first = Add("first");
        Assert.True(_quota.TryTake(Exporter, first, () => _routes));

        var restarted = new AutoCreationQuota();
        first.Status = new SentryProjectRouteStatus { Project = new RouteProjectStatus { Created = true } };
        Assert.False(restarted.TryTake(Exporter, Add("second"), () => _routes));
    }

    [Fact]
    public void A_route_that_was_made_again_under_its_name_has_no_place_of_the_one_before()
    {
        Assert.True(_quota.TryTake(Exporter, Add("first"), () => _routes));
        var again = Add("first");
        again.Metadata.Uid = "another";

        Assert.True(_quota.TryTake(Exporter, again, () => _routes));
        Assert.False(_quota.TryTake(Exporter, Add("second"), () => _routes));
    }

    [Fact]
    public void A_project_that_stays_without_its_route_keeps_a_place_and_takes_no_second_when_its_service_is_back()
    {
        HashSet<string> left = ["first"];
        var second = Add("second");
        Assert.False(_quota.TryTake(Exporter, second, () => [], left));

        var first = Add("first");
        Assert.True(_quota.TryTake(Exporter, first, () => [], left));
        Assert.False(_quota.TryTake(Exporter, second, () => [], left));

        var larger = new SentryExporter { Metadata = Exporter.Metadata, Spec = new SentryExporterSpec { Projects = new ProjectsSpec { MaxAutoCreated = 2 } } };
        Assert.True(_quota.TryTake(larger, second, () => [], left));
        Assert.False(_quota.TryTake(larger, Add("third"), () => [], left));
    }

    [Fact]
    public void The_routes_of_an_exporter_are_gone_through_once()
    {
        var exporter = new SentryExporter { Metadata = Exporter.Metadata, Spec = new SentryExporterSpec { Projects = new ProjectsSpec { MaxAutoCreated = 1000 } } };
        var readings = 0;
        foreach (var route in Enumerable.Range(0, 100).Select(i => Add($"route-{i}")).ToList())
        {
            Assert.True(_quota.TryTake(exporter, route, () =>
            {
                readings++;
                return _routes;
            }));
        }

        Assert.Equal(1, readings);
    }

    private SentryProjectRoute Add(string name, RouteOrigin origin = RouteOrigin.Telemetry)
    {
        var route = new SentryProjectRoute
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                Namespace = "ns",
                Uid = name,
                Annotations = new Dictionary<string, string> { ["sentry-otel.dev/origin"] = origin.ToString() },
            },
            Spec = new SentryProjectRouteSpec { Project = new RouteProjectSpec { Slug = name } },
        };
        _routes.Add(route);
        return route;
    }
}
