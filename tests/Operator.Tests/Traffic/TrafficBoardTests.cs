using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Traffic;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Traffic;

public sealed class TrafficBoardTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly TrafficBoard _board;
    private readonly SentryProjectRoute _route = new() { Metadata = new V1ObjectMeta { Namespace = "shop", Name = "orders", Uid = "u" } };

    public TrafficBoardTests() => _board = new TrafficBoard(Pause, _time);

    [Fact]
    public void A_route_without_data_and_limits_is_not_written()
    {
        Assert.Equal(Publication.None, _board.Offer(_route, Of(0)));
        Assert.Null(_board.Read(_route));
    }

    [Fact]
    public void What_the_status_says_already_is_not_written_again_by_another_operator()
    {
        _route.Status = new SentryProjectRouteStatus { Traffic = Of(5).Traffic, Conditions = [Condition(RouteReasons.RateLimitedType, "False")] };

        Assert.Equal(Publication.None, _board.Offer(_route, Of(5)));
    }

    [Fact]
    public void Counts_are_published_at_most_once_a_minute_and_not_when_they_stay()
    {
        Assert.Equal(Publication.Counts, Publish(Of(5)));

        _time.Advance(Pause / 2);
        Assert.Equal(Publication.None, _board.Offer(_route, Of(6)));
        Assert.Equal(5, _board.Read(_route)!.Traffic!.Accepted);

        _time.Advance(Pause / 2);
        Assert.Equal(Publication.Counts, Publish(Of(7)));
        Assert.Equal(7, _board.Read(_route)!.Traffic!.Accepted);

        _time.Advance(Pause * 2);
        Assert.Equal(Publication.None, _board.Offer(_route, Of(7)));
    }

    [Fact]
    public void A_limit_that_begins_does_not_wait_for_the_minute_of_the_counts()
    {
        Publish(Of(5));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Publication.State, Publish(Of(5, In(60))));
    }

    [Fact]
    public void Limits_that_come_and_go_are_told_once_a_minute()
    {
        Publish(Of(5, In(10)));
        _time.Advance(TimeSpan.FromSeconds(15));
        _board.Offer(_route, Of(5));
        Assert.Empty(_board.Read(_route)!.Limits);

        Assert.Equal(Publication.None, _board.Offer(_route, Of(5, In(10))));
        _time.Advance(Pause - TimeSpan.FromSeconds(15));
        Assert.Equal(Publication.State, _board.Offer(_route, Of(5, In(10))));
    }

    [Fact]
    public void A_limit_ends_by_itself()
    {
        Publish(Of(5, In(60)));
        Assert.True(_board.Read(_route)!.IsLimited(_time.GetUtcNow()));

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(_board.Read(_route)!.IsLimited(_time.GetUtcNow()));
    }

    [Fact]
    public void At_the_end_of_a_limit_the_one_that_prolonged_it_is_told()
    {
        Publish(Of(5, In(30)));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(Publication.None, _board.Offer(_route, Of(5, In(60))));

        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(_board.Read(_route)!.IsLimited(_time.GetUtcNow()));
    }

    [Fact]
    public void A_limit_that_the_status_tells_and_nobody_knows_any_more_is_taken_back()
    {
        _route.Status = new SentryProjectRouteStatus { Conditions = [Condition(RouteReasons.RateLimitedType, "True")] };

        Assert.Equal(Publication.State, _board.Offer(_route, Of(0)));
    }

    [Fact]
    public void A_refusal_is_told_when_it_begins_and_when_it_ends()
    {
        Publish(Of(5));
        Assert.Equal(Publication.State, Publish(Of(5) with { IsRefused = true }));

        _time.Advance(Pause);
        Assert.Equal(Publication.State, Publish(Of(5)));
    }

    [Fact]
    public void Silence_of_all_gateways_is_told_where_limits_were_spoken_of()
    {
        Assert.Equal(Publication.None, _board.Offer(_route, Of(0) with { IsUnread = true }));

        Publish(Of(5));
        Assert.Equal(Publication.State, _board.Offer(_route, Of(5) with { IsUnread = true }));
    }

    [Fact]
    public void Another_route_of_the_same_name_inherits_nothing()
    {
        Publish(Of(5));
        _route.Metadata.Uid = "v";

        Assert.Null(_board.Read(_route));
    }

    private static RouteObservation Of(long accepted, params SeenLimit[] limits) =>
        new(accepted == 0 ? null : new RouteTraffic { Accepted = accepted, Sent = accepted }, limits, false, false);

    private static V1Condition Condition(string type, string status) => new() { Type = type, Status = status, Reason = "Test" };

    private SeenLimit In(int seconds) => new("span", "project", _time.GetUtcNow().AddSeconds(seconds), true);

    private Publication Publish(RouteObservation observation)
    {
        var cause = _board.Offer(_route, observation);
        Assert.NotEqual(Publication.None, cause);
        _board.Publish(_route, cause);
        return cause;
    }
}
