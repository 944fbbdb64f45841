using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Traffic;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Traffic;

public sealed class StatusPacerTests
{
    private const int Routes = 5000;

    private readonly FakeTimeProvider _time = new();
    private readonly TrafficTimes _times = new();
    private readonly TrafficBoard _board;
    private readonly StatusPacer _pacer;
    private readonly List<(ObjectKey Route, WorkKind Kind, DateTimeOffset At)> _woken = [];

    public StatusPacerTests()
    {
        _board = new TrafficBoard(_times.LeastPause, _time);
        _pacer = new StatusPacer(_board, _times, (key, kind, delay) => _woken.Add((key, kind, _time.GetUtcNow() + delay)));
    }

    [Fact]
    public void Thousands_of_busy_routes_are_written_in_turn_and_never_all_at_once()
    {
        // Given five thousand routes with data all the time
        var routes = Enumerable.Range(0, Routes).Select(Route).ToList();

        // When half an hour passes
        for (var round = 0; round < 120; round++)
        {
            Offer(routes, route => Observation(_time.GetUtcNow()));
            _time.Advance(_times.Interval);
        }

        // Then each is written again and again, none oftener than once a minute, and no second has more than its share
        var writes = _woken.ToLookup(static write => write.Route, static write => write.At);
        Assert.Equal(Routes, writes.Count);
        Assert.All(writes, route =>
        {
            var moments = route.Order().ToList();
            Assert.InRange(moments.Count, 6, 30);
            Assert.All(moments.Zip(moments.Skip(1)), pair => Assert.True(pair.Second - pair.First >= _times.LeastPause, $"{pair.Second - pair.First}"));
        });
        var perSecond = _woken.GroupBy(static write => write.At.Ticks / TimeSpan.TicksPerSecond).Max(static second => second.Count());
        Assert.InRange(perSecond, 1, 60);
        Assert.True(_woken.Count <= 120 * _times.WritesPerRound);
    }

    [Fact]
    public void Limits_go_before_counts_and_at_once()
    {
        var busy = Enumerable.Range(0, Routes).Select(Route).ToList();
        var limited = Route(Routes);
        var until = _time.GetUtcNow().AddMinutes(5);

        Offer([.. busy, limited], route => route == limited ? new RouteObservation(null, [new SeenLimit("span", "key", until, true)], false, false) : Observation(_time.GetUtcNow()));

        Assert.Equal((ObjectKey.Of(limited), WorkKind.Status, _time.GetUtcNow()), _woken[0]);
        Assert.Equal(_times.WritesPerRound, _woken.Count);
    }

    [Fact]
    public void A_project_that_Sentry_refuses_is_looked_at_again_once()
    {
        var route = Route(1);
        for (var round = 0; round < 10; round++)
        {
            Offer([route], _ => new RouteObservation(null, [], IsRefused: true, false));
            _time.Advance(_times.Interval);
        }

        Assert.Equal([WorkKind.Status, WorkKind.Reconcile], _woken.Select(static write => write.Kind));
    }

    private static SentryProjectRoute Route(int number) => new() { Metadata = new V1ObjectMeta { Namespace = "shop", Name = $"service-{number}", Uid = $"{number}" } };

    private static RouteObservation Observation(DateTimeOffset now) =>
        new(new RouteTraffic { Accepted = 1, Sent = 1, LastSeenTime = Rounding.Of(now) }, [], false, false);

    private void Offer(IReadOnlyCollection<SentryProjectRoute> routes, Func<SentryProjectRoute, RouteObservation> observe) =>
        _pacer.Publish([.. routes.Select(route => (route, _board.Offer(route, observe(route)))).Where(static offered => offered.Item2 != Publication.None)]);
}
