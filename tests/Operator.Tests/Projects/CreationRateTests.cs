using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Projects;

public sealed class CreationRateTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SentryExporter _exporter = new()
    {
        Metadata = new V1ObjectMeta { Name = "main", Namespace = "ns", Uid = "exporter" },
        Spec = new SentryExporterSpec { Projects = new ProjectsSpec { MaxCreatedPerMinute = 3 } },
    };

    private readonly CreationRate _rate;

    public CreationRateTests() => _rate = new CreationRate(_clock);

    [Fact]
    public void As_many_as_in_a_minute_come_at_once_and_the_others_one_after_the_other()
    {
        Assert.Equal([0, 0, 0, 20, 40, 60], Enumerable.Range(0, 6).Select(i => Reserve(i)));
    }

    [Fact]
    public void Who_waits_keeps_its_turn_and_has_it_when_it_comes()
    {
        Take(0, 1, 2);
        Assert.Equal((20, 40), (Reserve(3), Reserve(4)));

        _clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal((5, 25), (Reserve(3), Reserve(4)));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, Reserve(3));
    }

    [Fact]
    public void No_minute_sees_more_than_the_rate_once_the_first_ones_are_through()
    {
        var created = new List<int>();
        for (var second = 0; second < 300; second++)
        {
            foreach (var route in Enumerable.Range(0, 12).Except(created).Where(route => Reserve(route) == 0).ToList())
            {
                _rate.Use(_exporter, Route(route));
                created.Add(route);
            }

            // 3 at once, and 3 a minute.
            Assert.True(created.Count <= 3 + (second / 20), $"{created.Count} after {second} s");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(12, created.Count);
    }

    [Fact]
    public void What_came_to_nothing_takes_nobodys_place()
    {
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(0, Reserve(i));
            _rate.Return(_exporter, Route(i));
        }
    }

    [Fact]
    public void A_turn_that_nobody_comes_for_is_forgotten_and_another_rate_gives_other_turns()
    {
        Take(0, 1, 2);
        Assert.Equal(20, Reserve(3));
        _exporter.Spec.Projects.MaxCreatedPerMinute = 6;
        Assert.Equal(0, Reserve(3));

        _clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, Reserve(4));
        Assert.Equal(0, Reserve(3));
    }

    [Fact]
    public void Exporters_do_not_wait_for_each_other()
    {
        Take(0, 1, 2);
        var other = new SentryExporter { Metadata = new V1ObjectMeta { Uid = "other" }, Spec = new SentryExporterSpec() };

        Assert.Equal(TimeSpan.Zero, _rate.Reserve(other, Route(3)));
    }

    private static SentryProjectRoute Route(int number) => new() { Metadata = new V1ObjectMeta { Name = $"r{number}", Namespace = "ns", Uid = $"uid-{number}" } };

    private void Take(params int[] routes)
    {
        foreach (var route in routes)
        {
            Assert.Equal(0, Reserve(route));
            _rate.Use(_exporter, Route(route));
        }
    }

    private double Reserve(int route) => _rate.Reserve(_exporter, Route(route)).TotalSeconds;
}
