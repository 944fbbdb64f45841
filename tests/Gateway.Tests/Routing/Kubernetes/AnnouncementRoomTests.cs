using SentryOtel.Gateway.Routing.Kubernetes;
using SentryOtel.Sentry.Routing;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Routing.Kubernetes;

/// <summary>How many services are announced beside those of the table.</summary>
public sealed class AnnouncementRoomTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Routes_that_nobody_wrote_and_announcements_together_keep_within_the_bound()
    {
        var room = new AnnouncementRoom(3, _clock);
        var table = Table(("made", true), ("written", null));

        Assert.True(room.TryEnter(table, "a"));
        Assert.True(room.TryEnter(table, "b"));
        Assert.False(room.TryEnter(table, "c"));
        Assert.False(room.Holds(table, "c"));
        Assert.True(room.Holds(table, "a"));
    }

    [Fact]
    public void What_the_table_shows_by_now_counts_there_alone()
    {
        var room = new AnnouncementRoom(2, _clock);
        Assert.True(room.TryEnter(Table(), "a"));
        Assert.True(room.TryEnter(Table(), "b"));
        room.Done("a");

        // The project of one was there before: it costs nothing.
        var next = Table(("a", null));
        room.Settle(next);

        Assert.Equal(1, room.Count);
        Assert.True(room.TryEnter(next, "c"));
        Assert.False(room.TryEnter(next, "d"));
    }

    [Fact]
    public void An_announcement_is_repeated_after_a_minute_and_given_up_when_a_table_of_then_does_not_show_it()
    {
        var room = new AnnouncementRoom(1, _clock);
        Assert.True(room.TryEnter(Table(), "a"));

        // However long its turn takes, it is not repeated before.
        _clock.Advance(TimeSpan.FromMinutes(5));
        room.Settle(Table());
        Assert.False(room.TryEnter(Table(), "a"));
        room.Done("a");
        Assert.False(room.TryEnter(Table(), "a"));

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(room.TryEnter(Table(), "a"));
        room.Done("a");
        _clock.Advance(TimeSpan.FromMinutes(1));
        room.Settle(Table());
        Assert.Equal(0, room.Count);
        Assert.True(room.TryEnter(Table(), "b"));
    }

    [Fact]
    public void A_flood_of_names_is_not_remembered()
    {
        var room = new AnnouncementRoom(100, _clock);
        var table = Table();

        var entered = Enumerable.Range(0, 10_000).Count(i => room.TryEnter(table, $"random-{i}"));

        Assert.Equal((100, 100), (entered, room.Count));
    }

    private static LoadedTable Table(params (string Value, bool? Rationed)[] routes)
    {
        var slice = new RoutingTableSlice
        {
            Exporter = "default/main",
            RoutingAttribute = "service.name",
            Routes = [.. routes.Select(static route => new RouteEntry { Value = route.Value, State = RouteState.Pending, Rationed = route.Rationed })],
        };
        Assert.True(RoutingTable.TryCombine([slice], out var table, out var error), error);
        return new LoadedTable(table);
    }
}
