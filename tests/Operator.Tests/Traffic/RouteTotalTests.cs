using SentryOtel.Crds;
using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Tests.Traffic;

public sealed class RouteTotalTests
{
    private static readonly DateTimeOffset Seen = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_route_without_any_data_tells_nothing() => Assert.Null(new RouteTotal(null, ProjectTraffic.None).Rounded());

    [Fact]
    public void A_new_route_counts_what_the_gateways_count()
    {
        var total = new RouteTotal(null, Traffic(live: 120, grown: 0));

        Assert.Equal((120L, 120L, 0L), Counts(total));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 0, TimeSpan.Zero), total.Rounded()!.LastSeenTime);
    }

    [Fact]
    public void Another_operator_goes_on_from_the_status_and_adds_what_grows()
    {
        var total = new RouteTotal(new RouteTraffic { Accepted = 500, Sent = 490, Dropped = 10 }, Traffic(live: 120, grown: 7));
        Assert.Equal((500L, 490L, 10L), Counts(total));

        total.Update(Traffic(live: 140, grown: 27));
        Assert.Equal((520L, 510L, 10L), Counts(total));
    }

    [Fact]
    public void Gateways_that_count_more_than_the_status_are_believed()
    {
        var total = new RouteTotal(new RouteTraffic { Accepted = 500, Sent = 490, Dropped = 10 }, Traffic(live: 700, grown: 0));

        Assert.Equal((700L, 700L, 10L), Counts(total));
    }

    [Fact]
    public void Counts_do_not_go_back_when_gateways_end()
    {
        var total = new RouteTotal(null, Traffic(live: 300, grown: 300));
        total.Update(Traffic(live: 0, grown: 300));
        Assert.Equal((300L, 300L, 0L), Counts(total));

        total.Update(Traffic(live: 5, grown: 305));
        Assert.Equal((305L, 305L, 0L), Counts(total));
    }

    [Fact]
    public void The_last_data_are_never_earlier_than_they_were()
    {
        var total = new RouteTotal(new RouteTraffic { LastSeenTime = Seen.AddHours(1) }, Traffic(live: 1, grown: 0));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 4, 4, 0, TimeSpan.Zero), total.Rounded()!.LastSeenTime);

        total.Update(Traffic(live: 1, grown: 0) with { LastSeen = Seen.AddHours(2) });
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 5, 4, 0, TimeSpan.Zero), total.Rounded()!.LastSeenTime);

        total.Update(Traffic(live: 1, grown: 0) with { LastSeen = null });
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 5, 4, 0, TimeSpan.Zero), total.Rounded()!.LastSeenTime);
    }

    [Fact]
    public void Whatever_gateways_come_go_and_start_anew_a_total_never_goes_back_and_never_exceeds_what_was_counted()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var now = Documents.Start;
            var ledger = new TrafficLedger(now);
            var gateways = new Dictionary<string, (DateTimeOffset Started, long Count)>();
            RouteTotal? total = null;
            var (counted, shown) = (0L, 0L);
            for (var round = 0; round < 40; round++)
            {
                now = now.AddSeconds(15);
                var id = $"g{random.Next(3)}";
                gateways[id] = random.Next(4) == 0 || !gateways.TryGetValue(id, out var known) ? (now.AddSeconds(-random.Next(1, 14)), 0) : known;
                foreach (var (gateway, state) in gateways.ToList())
                {
                    var more = random.Next(0, 5);
                    counted += more;
                    gateways[gateway] = (state.Started, state.Count + more);
                    if (random.Next(5) != 0)
                    {
                        ledger.Observe(gateway, Documents.Of(now, state.Started, Documents.Queue(state.Count + more, state.Count + more)), now);
                    }
                }

                ledger.Keep([.. gateways.Keys], now);
                var traffic = ledger.Of("7", now);
                total ??= new RouteTotal(null, traffic);
                total.Update(traffic);
                var accepted = total.Rounded()?.Accepted ?? 0;
                Assert.True(accepted >= shown, $"seed {seed}: {shown} became {accepted}");
                Assert.True(accepted <= counted, $"seed {seed}: {accepted} of {counted}");
                shown = accepted;
            }
        }
    }

    private static ProjectTraffic Traffic(long live, long grown) => new(new TrafficCounts(live, live, 0), new TrafficCounts(grown, grown, 0), Seen);

    private static (long, long, long) Counts(RouteTotal total) => (total.Rounded()!.Accepted, total.Rounded()!.Sent, total.Rounded()!.Dropped);
}
