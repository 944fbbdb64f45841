using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Tests.Traffic;

public sealed class TrafficLedgerTests
{
    private static readonly DateTimeOffset Opened = Documents.Start;
    private static readonly DateTimeOffset Before = Opened - TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Later = Opened + TimeSpan.FromMinutes(1);

    private readonly TrafficLedger _ledger = new(Opened);

    [Fact]
    public void Gateways_and_signals_of_a_project_are_summed_and_other_projects_and_signals_are_not()
    {
        Observe("a", Opened, Before, Documents.Queue(10, 8, 2), Documents.Queue(5, 5, signal: "logs"), Documents.Queue(100, 100, project: "8", slug: "other"));
        Observe("b", Opened, Before, Documents.Queue(20, 19, 1), Documents.Queue(1000, 1000, signal: "metrics"));

        Assert.Equal(new TrafficCounts(35, 32, 3), Live("a", "b"));
    }

    [Fact]
    public void A_gateway_that_lives_no_more_does_not_count_as_live()
    {
        Observe("a", Opened, Before, Documents.Queue(10, 10));
        Observe("b", Opened, Before, Documents.Queue(20, 20));

        Assert.Equal(new TrafficCounts(20, 20, 0), Live("b"));
    }

    [Fact]
    public void What_old_gateways_counted_before_the_opening_is_no_growth_and_what_they_count_since_is()
    {
        Observe("a", Opened, Before, Documents.Queue(10, 10));
        Assert.Equal(default, Grown());

        Observe("a", Later, Before, Documents.Queue(17, 15, 2));
        Assert.Equal(new TrafficCounts(7, 5, 2), Grown());
    }

    [Fact]
    public void All_that_a_gateway_counts_that_started_after_the_opening_is_growth()
    {
        Observe("a", Later, Opened + TimeSpan.FromSeconds(10), Documents.Queue(10, 9, 1));

        Assert.Equal(new TrafficCounts(10, 9, 1), Grown());
    }

    [Fact]
    public void A_gateways_clock_does_not_matter()
    {
        // Given a gateway whose clock is a day ahead, and which started ten seconds after the opening
        var at = Later + TimeSpan.FromDays(1);
        _ledger.Observe("a", Documents.Of(at, at - TimeSpan.FromSeconds(50), Documents.Queue(4, 4, seen: at - TimeSpan.FromSeconds(20))), Later);

        Assert.Equal(new TrafficCounts(4, 4, 0), Grown());
        _ledger.Keep(["a"], Later);
        Assert.Equal(Later - TimeSpan.FromSeconds(20), _ledger.Of("7", Later).LastSeen);
    }

    [Fact]
    public void A_gateway_that_starts_anew_adds_all_that_it_counts_since_even_when_that_is_more_than_before()
    {
        Observe("a", Opened, Before, Documents.Queue(10, 10));
        Observe("a", Later, Opened + TimeSpan.FromSeconds(30), Documents.Queue(12, 11));

        Assert.Equal(new TrafficCounts(12, 11, 0), Grown());
        Assert.Equal(new TrafficCounts(12, 11, 0), Live("a"));
    }

    [Fact]
    public void Counts_that_fall_began_anew_when_the_gateway_does_not_tell_its_start()
    {
        Observe("a", Opened, null, Documents.Queue(10, 10));
        Observe("a", Later, null, Documents.Queue(3, 2));

        Assert.Equal(new TrafficCounts(3, 2, 0), Grown());
    }

    [Fact]
    public void A_queue_that_is_not_told_while_idle_keeps_its_counts()
    {
        var started = Opened + TimeSpan.FromSeconds(1);
        Observe("a", Later, started, Documents.Queue(10, 10));
        Observe("a", Later + TimeSpan.FromMinutes(20), started);
        Assert.Equal(new TrafficCounts(10, 10, 0), Live("a"));

        Observe("a", Later + TimeSpan.FromMinutes(30), started, Documents.Queue(11, 11));
        Assert.Equal(new TrafficCounts(11, 11, 0), Live("a"));
        Assert.Equal(new TrafficCounts(11, 11, 0), Grown());
    }

    [Fact]
    public void A_renamed_project_goes_on_counting()
    {
        Observe("a", Opened, Before, Documents.Queue(10, 10));
        var started = Opened + TimeSpan.FromSeconds(1);
        Observe("b", Later, started, Documents.Queue(10, 10));
        Observe("b", Later, started, Documents.Queue(4, 4, slug: "orders-renamed"));

        Assert.Equal(new TrafficCounts(14, 14, 0), Grown());
        Assert.Equal(new TrafficCounts(24, 24, 0), Live("a", "b"));
    }

    [Fact]
    public void A_gateway_whose_lease_was_late_is_not_counted_twice()
    {
        Observe("a", Later, Opened + TimeSpan.FromSeconds(1), Documents.Queue(10, 10));
        _ledger.Keep([], Later + TimeSpan.FromMinutes(10));
        Observe("a", Later + TimeSpan.FromMinutes(20), Opened + TimeSpan.FromSeconds(1), Documents.Queue(12, 12));

        Assert.Equal(new TrafficCounts(12, 12, 0), Grown());
    }

    [Fact]
    public void Counts_of_several_projects_together_are_nobodys()
    {
        Observe("a", Opened, Before, Documents.Queue(10, 10, seen: Opened) with { CountsShared = true });

        Assert.Equal(default, Live("a"));
        Assert.Null(_ledger.Of("7", Opened).LastSeen);
    }

    [Fact]
    public void Data_were_seen_when_any_gateway_saw_them_last()
    {
        Observe("a", Later, Before, Documents.Queue(1, 1, seen: Opened));
        Observe("b", Later, Before, Documents.Queue(1, 1, seen: Opened + TimeSpan.FromSeconds(40)), Documents.Queue(1, 1, signal: "logs", seen: Opened + TimeSpan.FromSeconds(20)));
        _ledger.Keep(["a", "b"], Later);

        Assert.Equal(Opened + TimeSpan.FromSeconds(40), _ledger.Of("7", Later).LastSeen);
    }

    [Fact]
    public void Of_limits_the_longest_of_each_category_holds_and_one_that_ran_out_does_not()
    {
        Observe("a", Opened, Before, Documents.Limited("span", 60.2), Documents.Limited("log_item", 10, "logs"));
        Observe("b", Opened, Before, Documents.Limited("span", 90.2), Documents.Limited("log_item", 20, "logs"));
        _ledger.Keep(["a", "b"], Opened);

        Assert.Equal(
            [new SeenLimit("log_item", "project", Opened.AddSeconds(20), false), new SeenLimit("span", "project", Opened.AddSeconds(91), true)],
            _ledger.Of("7", Opened).Limits);
        Assert.Equal(["span"], _ledger.Of("7", Opened.AddSeconds(20)).Limits.Select(static limit => limit.Category));
    }

    [Fact]
    public void The_end_of_a_limit_does_not_tremble_with_the_answers()
    {
        Observe("a", Opened, Before, Documents.Limited("span", 60));
        Observe("a", Opened.AddSeconds(15), Before, Documents.Limited("span", 46.3));
        _ledger.Keep(["a"], Opened);
        Assert.Equal(Opened.AddSeconds(60), Assert.Single(_ledger.Of("7", Opened).Limits).Until);

        // One that Sentry prolonged does move.
        Observe("a", Opened.AddSeconds(30), Before, Documents.Limited("span", 60));
        Assert.Equal(Opened.AddSeconds(90), Assert.Single(_ledger.Of("7", Opened).Limits).Until);
    }

    [Fact]
    public void A_gateway_that_was_limited_and_is_no_more_says_so_at_once()
    {
        Observe("a", Opened, Before, Documents.Limited("span", 600));
        Observe("a", Later, Before, Documents.Queue(1, 1));
        _ledger.Keep(["a"], Later);

        Assert.Empty(_ledger.Of("7", Later).Limits);
    }

    [Theory]
    [InlineData("project_rejected", "traces", true)]
    [InlineData("forbidden", "traces", true)]
    [InlineData("forbidden", "logs", false)]
    [InlineData("backing_off", "traces", false)]
    public void Spans_that_Sentry_refuses_are_told_from_those_that_wait(string hold, string signal, bool refused)
    {
        Observe("a", Opened, Before, Documents.Queue(1, 0, signal: signal) with { Hold = hold, HeldForSeconds = 60 });
        Observe("b", Opened, Before, Documents.Queue(1, 1));
        _ledger.Keep(["a", "b"], Opened);

        Assert.Equal(refused, _ledger.Of("7", Opened).IsRefused);
    }

    [Fact]
    public void Absurd_times_are_bounded()
    {
        var at = new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);
        _ledger.Observe("a", Documents.Of(at, DateTimeOffset.MinValue, Documents.Queue(1, 1, seen: DateTimeOffset.MinValue), Documents.Limited("span", 1e300)), Opened);
        _ledger.Keep(["a"], Opened);

        Assert.Equal(Opened + TimeSpan.FromDays(2), Assert.Single(_ledger.Of("7", Opened).Limits).Until);
    }

    private void Observe(string gateway, DateTimeOffset at, DateTimeOffset? startedAt, params GatewayQueue[] queues) =>
        _ledger.Observe(gateway, Documents.Of(at, startedAt, queues), at);

    private TrafficCounts Live(params string[] gateways)
    {
        _ledger.Keep(gateways, Opened);
        return _ledger.Of("7", Opened).Live;
    }

    private TrafficCounts Grown() => _ledger.Of("7", Opened).Grown;
}
