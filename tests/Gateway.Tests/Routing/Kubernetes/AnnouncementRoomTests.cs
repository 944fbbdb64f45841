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

        Assert.True(room.TryEnter(table, "a", "a"));
        Assert.True(room.TryEnter(table, "b", "b"));
        Assert.False(room.TryEnter(table, "c", "c"));
        Assert.False(room.Holds(table, "c", "c"));
        Assert.True(room.Holds(table, "a", "a"));
    }

    [Fact]
    public void What_the_table_shows_by_now_counts_there_alone()
    {
        var room = new AnnouncementRoom(2, _clock);
        Assert.True(room.TryEnter(Table(), "a", "a"));
        Assert.True(room.TryEnter(Table(), "b", "b"));
        room.Done("a");

        // The project of one was there before: it costs nothing.
        var next = Table(("a", null));
        room.Settle(next);

        Assert.Equal(1, room.Count);
        Assert.True(room.TryEnter(next, "c", "c"));
        Assert.False(room.TryEnter(next, "d", "d"));
    }

    [Fact]
    public void An_announcement_is_repeated_after_a_minute_and_given_up_when_a_table_of_then_does_not_show_it()
    {
        var room = new AnnouncementRoom(1, _clock);
        Assert.True(room.TryEnter(Table(), "a", "a"));

        // However long its turn takes, it is not repeated before.
        _clock.Advance(TimeSpan.FromMinutes(5));
        room.Settle(Table());
        Assert.False(room.TryEnter(Table(), "a", "a"));
        room.Done("a");
        Assert.False(room.TryEnter(Table(), "a", "a"));

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(room.TryEnter(Table(), "a", "a"));
        room.Done("a");
        _clock.Advance(TimeSpan.FromMinutes(1));
        room.Settle(Table());
        Assert.Equal(0, room.Count);
        Assert.True(room.TryEnter(Table(), "b", "b"));
    }

    [Fact]
    public void A_service_that_comes_back_to_its_project_takes_no_further_place()
    {
        // Given no room: one route that nobody wrote, and two projects that are left
        var room = new AnnouncementRoom(3, _clock);
        var full = Table(["orders", "sales"], ("made", true));
        Assert.False(room.TryEnter(full, "new", "new"));

        // When one comes back, under a value that is rewritten to the slug
        Assert.True(room.Holds(full, "Orders", "orders"));
        Assert.True(room.TryEnter(full, "Orders", "orders"));

        // Then another still finds none, and one place that comes free is one place
        Assert.False(room.TryEnter(full, "new", "new"));
        var roomier = Table(["orders"], ("made", true));
        Assert.True(room.TryEnter(roomier, "new", "new"));
        Assert.False(room.TryEnter(roomier, "newer", "newer"));
        room.Leave("Orders");
        Assert.False(room.TryEnter(roomier, "newer", "newer"));
        room.Leave("new");
        Assert.True(room.TryEnter(roomier, "newer", "newer"));
    }

    [Fact]
    public void A_flood_of_names_is_not_remembered()
    {
        var room = new AnnouncementRoom(100, _clock);
        var table = Table();

        var entered = Enumerable.Range(0, 10_000).Count(i => room.TryEnter(table, $"random-{i}", $"random-{i}"));

        Assert.Equal((100, 100), (entered, room.Count));
    }

    private static LoadedTable Table(params (string Value, bool? Rationed)[] routes) => Table([], routes);

    private static LoadedTable Table(string[] left, params (string Value, bool? Rationed)[] routes)
    {
        var slice = new RoutingTableSlice
        {
            Exporter = "default/main",
            RoutingAttribute = "service.name",
            LeftSlugs = left,
            Routes = [.. routes.Select(static route => new RouteEntry { Value = route.Value, State = RouteState.Pending, Rationed = route.Rationed })],
        };
        Assert.True(RoutingTable.TryCombine([slice], out var table, out var error), error);
        return new LoadedTable(table);
    }
}
