using System.Net.Sockets;
using System.Text.Json;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using static SentryOtel.Kubernetes.Tests.Answers;

namespace SentryOtel.Kubernetes.Tests.Informers;

/// <summary>What the informer asks of a server that misbehaves, and that its cache stays right.</summary>
public sealed class ReflectorTests
{
    [Fact]
    public async Task The_first_list_takes_any_cached_state_and_the_watch_goes_on_from_its_version()
    {
        await using var fixture = new InformerFixture(new InformerOptions<V1ConfigMap> { LabelSelector = "a=b", ResyncPeriod = TimeSpan.Zero });
        fixture.Start();

        var list = await fixture.Server.NextListAsync();
        list.Reply("10", ConfigMap("one", "7"));
        var watch = await fixture.Server.NextWatchAsync();

        Assert.Equal(("0", null, "a=b", false), (list.Options.ResourceVersion, list.Options.Limit, list.Options.LabelSelector, list.Paged));
        Assert.Equal(("10", "a=b", true), (watch.Options.ResourceVersion, watch.Options.LabelSelector, watch.Options.AllowWatchBookmarks));
        Assert.InRange(watch.Options.TimeoutSeconds, 300, 600);
        Assert.Equal(["add one@7 initial"], fixture.Handler.Calls);
    }

    [Fact]
    public async Task A_watch_that_ends_or_is_cut_goes_on_from_the_last_event_or_bookmark_without_a_list()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");

        watch.Send(WatchEventType.Added, ConfigMap("one", "11")).End();
        watch = await fixture.Server.NextWatchAsync();
        Assert.Equal("11", watch.Options.ResourceVersion);

        watch.Bookmark("15").Fail(new IOException("cut in the middle of a line"));
        watch = await fixture.Server.NextWatchAsync();
        Assert.Equal("15", watch.Options.ResourceVersion);

        watch.Bookmark("16").Fail(new TimeoutException("silent"));
        Assert.Equal("16", (await fixture.Server.NextWatchAsync()).Options.ResourceVersion);
        Assert.True(fixture.Server.IsQuiet);
        Assert.Equal(["one"], fixture.Names);
    }

    [Fact]
    public async Task The_timeouts_of_watches_differ()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");
        var timeouts = new HashSet<int>();
        for (var version = 11; version < 21; version++)
        {
            timeouts.Add(watch.Options.TimeoutSeconds);
            watch.Bookmark($"{version}").End();
            watch = await fixture.Server.NextWatchAsync();
        }

        Assert.True(timeouts.Count > 5);
    }

    [Fact]
    public async Task An_expired_watch_lists_from_the_last_version_and_finds_what_was_deleted_meanwhile()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10", ConfigMap("one", "7"), ConfigMap("two", "8"), ConfigMap("three", "9"));

        watch.Bookmark("12").Fail(Gone());
        await fixture.PassPauseAsync();
        var list = await fixture.Server.NextListAsync();
        Assert.Equal("12", list.Options.ResourceVersion);
        list.Reply("20", ConfigMap("one", "7"), ConfigMap("three", "19"), ConfigMap("four", "18"));
        watch = await fixture.Server.NextWatchAsync();

        Assert.Equal("20", watch.Options.ResourceVersion);
        Assert.Equal(["four", "one", "three"], fixture.Names);
        Assert.Equal(["update three@9 to 19", "add four@18", "delete two@8 unseen"], fixture.Handler.Calls.Skip(3));
    }

    [Fact]
    public async Task A_list_whose_version_expired_too_is_followed_at_once_by_one_of_the_newest_state()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");
        watch.Bookmark("12").Fail(Gone());
        await fixture.PassPauseAsync();

        (await fixture.Server.NextListAsync()).Fail(Gone());
        var newest = await fixture.Server.NextListAsync();
        Assert.Equal((null, true), (newest.Options.ResourceVersion, newest.Paged));
        newest.Reply("30");

        Assert.Equal("30", (await fixture.Server.NextWatchAsync()).Options.ResourceVersion);
    }

    [Fact]
    public async Task While_the_newest_state_can_not_be_listed_no_older_version_is_asked_for()
    {
        await using var fixture = new InformerFixture();
        fixture.Start();
        (await fixture.Server.NextListAsync()).Fail(Gone());
        (await fixture.Server.NextListAsync()).Fail(InternalError());
        await fixture.PassPauseAsync();

        var again = await fixture.Server.NextListAsync();
        Assert.True(again.Paged);
        again.Reply("40");
        Assert.Equal("40", (await fixture.Server.NextWatchAsync()).Options.ResourceVersion);
    }

    [Fact]
    public async Task A_list_that_comes_in_pages_unasked_is_done_again_in_pages()
    {
        await using var fixture = new InformerFixture();
        fixture.Start();

        (await fixture.Server.NextListAsync()).Reply(new EntityList<V1ConfigMap>([ConfigMap("one", "7")], "10", "more", []));
        var all = await fixture.Server.NextListAsync();
        Assert.True(all.Paged);
        all.Reply("10", ConfigMap("one", "7"), ConfigMap("two", "8"));

        await fixture.Server.NextWatchAsync();
        Assert.Equal(["one", "two"], fixture.Names);
    }

    [Fact]
    public async Task A_busy_or_absent_server_is_asked_to_watch_again_after_a_pause_and_not_to_list()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");

        watch.Fail(TooManyRequests());
        await fixture.PassPauseAsync();
        watch = await fixture.Server.NextWatchAsync();
        Assert.Equal("10", watch.Options.ResourceVersion);

        watch.Fail(new HttpRequestException("refused", new SocketException((int)SocketError.ConnectionRefused)));
        await fixture.PassPauseAsync();
        Assert.Equal("10", (await fixture.Server.NextWatchAsync()).Options.ResourceVersion);
    }

    [Fact]
    public async Task Internal_errors_are_watched_through_for_a_minute_and_then_listed_through()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");
        var waited = TimeSpan.Zero;
        while (waited < TimeSpan.FromMinutes(1))
        {
            watch.Fail(InternalError());
            waited += await fixture.PassPauseAsync();
            watch = await fixture.Server.NextWatchAsync();
        }

        watch.Fail(InternalError());
        await fixture.PassPauseAsync();

        Assert.Equal("10", (await fixture.Server.NextListAsync()).Options.ResourceVersion);
    }

    [Fact]
    public async Task A_watch_that_ends_at_once_is_an_error_with_a_pause()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");

        watch.End();
        await fixture.PassPauseAsync();

        Assert.Equal("10", (await fixture.Server.NextListAsync()).Options.ResourceVersion);
    }

    [Fact]
    public async Task A_quiet_watch_that_lived_is_no_error()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        watch.End();

        Assert.Equal("10", (await fixture.Server.NextWatchAsync()).Options.ResourceVersion);
    }

    [Fact]
    public async Task A_list_cut_in_the_middle_changes_nothing()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10", ConfigMap("one", "7"));
        watch.Bookmark("12").Fail(Gone());
        await fixture.PassPauseAsync();

        (await fixture.Server.NextListAsync()).Fail(new JsonException("Expected end of data"));
        await fixture.PassPauseAsync();
        Assert.Equal(["one"], fixture.Names);

        (await fixture.Server.NextListAsync()).Reply("20", ConfigMap("one", "7"));
        await fixture.Server.NextWatchAsync();
        Assert.Equal(["add one@7 initial"], fixture.Handler.Calls);
    }

    [Fact]
    public async Task An_object_that_can_not_be_read_is_not_taken_for_deleted()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10", ConfigMap("one", "7"), ConfigMap("two", "8"));
        watch.Bookmark("12").Fail(Gone());
        await fixture.PassPauseAsync();

        var list = await fixture.Server.NextListAsync();
        list.Reply(new EntityList<V1ConfigMap>([ConfigMap("one", "7")], "20", null, [new ObjectKey("shop", "two")]));
        await fixture.Server.NextWatchAsync();

        Assert.Equal(["one", "two"], fixture.Names);
    }

    [Fact]
    public async Task Failing_lists_pause_longer_each_time_up_to_a_minute_and_shortly_again_after_health()
    {
        await using var fixture = new InformerFixture();
        fixture.Start();
        var pauses = new List<double>();
        for (var failure = 0; failure < 9; failure++)
        {
            (await fixture.Server.NextListAsync()).Fail(Status(System.Net.HttpStatusCode.NotFound, "NotFound"));
            pauses.Add((await fixture.PassPauseAsync()).TotalSeconds);
        }

        Assert.All(pauses.Zip([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30]), pair => Assert.InRange(pair.First, pair.Second, (2 * pair.Second) + 0.001));
        Assert.False(fixture.Informer.HasSynced);

        (await fixture.Server.NextListAsync()).Reply("10");
        var watch = await fixture.Server.NextWatchAsync();
        fixture.Time.Advance(TimeSpan.FromMinutes(3));
        watch.Fail(Gone());
        Assert.InRange((await fixture.PassPauseAsync()).TotalSeconds, 0.8, 1.601);
    }
}
