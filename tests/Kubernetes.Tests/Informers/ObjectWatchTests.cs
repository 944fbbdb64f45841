using System.Net;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Testing;
using static SentryOtel.Kubernetes.Tests.Answers;

namespace SentryOtel.Kubernetes.Tests.Informers;

/// <summary>What a watch of one object asks for, and what it says of the object while the server misbehaves.</summary>
public sealed class ObjectWatchTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TurnClock _clock;
    private readonly ScriptedServer _server = new();
    private readonly List<ObjectWatchState> _told = [];
    private readonly ObjectWatch<V1ConfigMap> _watch;
    private Task _run = Task.CompletedTask;

    public ObjectWatchTests()
    {
        _clock = new TurnClock(_time);
        _watch = new ObjectWatch<V1ConfigMap>(_server, new ObjectKey("shop", "one"), Record, new InformerServices { TimeProvider = _clock, Random = new Random(3) });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        _stop.Dispose();
    }

    [Fact]
    public async Task The_present_state_is_told_without_a_list_and_then_each_change()
    {
        var watch = await StartAsync();
        Assert.Equal(("shop", "metadata.name=one", "0", true), (watch.Namespace, watch.Options.FieldSelector, watch.Options.ResourceVersion, watch.Options.AllowWatchBookmarks));
        Assert.InRange(watch.Options.TimeoutSeconds, 300, 600);

        watch.Send(WatchEventType.Added, ConfigMap("one", "7")).Send(WatchEventType.Modified, ConfigMap("one", "9")).Bookmark("12");
        watch.Send(WatchEventType.Deleted, ConfigMap("one", "13")).Send(WatchEventType.Added, ConfigMap("one", "15"));

        await ToldAsync("7 live", "9 live", "absent live", "15 live");
    }

    [Fact]
    public async Task A_bookmark_in_place_of_the_object_says_that_there_is_none()
    {
        var watch = await StartAsync();

        watch.Bookmark("12");
        await ToldAsync("absent live");
        watch.Bookmark("13").Send(WatchEventType.Added, ConfigMap("one", "14"));

        await ToldAsync("absent live", "14 live");
    }

    [Fact]
    public async Task A_watch_whose_time_is_over_goes_on_from_the_last_news_and_stays_live()
    {
        var watch = await StartAsync();
        // The object may be older than what the server still knows the changes of.
        watch.Send(WatchEventType.Added, ConfigMap("one", "7")).End();
        watch = await _server.NextWatchAsync();
        Assert.Equal("0", watch.Options.ResourceVersion);

        watch.Send(WatchEventType.Added, ConfigMap("one", "7")).Send(WatchEventType.Modified, ConfigMap("one", "9")).End();
        watch = await _server.NextWatchAsync();
        Assert.Equal("9", watch.Options.ResourceVersion);
        watch.Bookmark("20").Fail(new IOException("cut"));
        watch = await _server.NextWatchAsync();
        Assert.Equal("20", watch.Options.ResourceVersion);

        watch.Send(WatchEventType.Added, ConfigMap("one", "21"));
        await ToldAsync("7 live", "9 live", "21 live");
    }

    [Fact]
    public async Task A_version_that_is_too_old_begins_anew_and_finds_what_was_deleted_meanwhile()
    {
        var watch = await StartAsync();
        watch.Send(WatchEventType.Added, ConfigMap("one", "7")).Bookmark("10").Fail(Gone());
        await PassPauseAsync();

        watch = await _server.NextWatchAsync();
        Assert.Equal("0", watch.Options.ResourceVersion);
        watch.Bookmark("30");

        await ToldAsync("7 live", "7", "absent live");
    }

    [Fact]
    public async Task Without_the_right_to_watch_it_says_so_once_and_goes_on_trying()
    {
        var watch = await StartAsync();
        watch.Fail(Status(HttpStatusCode.Forbidden, "Forbidden"));
        await PassPauseAsync();
        (await _server.NextWatchAsync()).Fail(Status(HttpStatusCode.Forbidden, "Forbidden"));
        var longer = await PassPauseAsync();
        watch = await _server.NextWatchAsync();
        Assert.True(longer >= ReflectorBackoff.Initial * 2);

        watch.Send(WatchEventType.Added, ConfigMap("one", "7"));

        await ToldAsync("refused", "7 live");
    }

    [Fact]
    public async Task A_server_that_is_away_or_overloaded_is_left_alone_for_a_while_and_nothing_known_is_forgotten()
    {
        var watch = await StartAsync();
        watch.Send(WatchEventType.Added, ConfigMap("one", "7")).Bookmark("10").Fail(TooManyRequests());
        await PassPauseAsync();
        (await _server.NextWatchAsync()).Fail(new HttpRequestException("no such host"));
        await PassPauseAsync();

        watch = await _server.NextWatchAsync();
        watch.Send(WatchEventType.Added, ConfigMap("one", "7"));

        await ToldAsync("7 live", "7", "7 live");
    }

    private async Task<WatchRequest> StartAsync()
    {
        _run = _watch.RunAsync(_stop.Token);
        return await _server.NextWatchAsync();
    }

    private async Task<TimeSpan> PassPauseAsync()
    {
        await Eventually.HoldsAsync(() => _clock.Delays, TimeSpan.FromSeconds(30), "a pause", TestContext.Current.CancellationToken);
        Assert.True(_server.IsQuiet, "a request was sent without a pause");
        var pause = _time.NextDue!.Value - _time.GetUtcNow();
        _time.Advance(pause);
        return pause;
    }

    private async Task ToldAsync(params string[] states)
    {
        await Eventually.HoldsAsync(() => Told().Count >= states.Length, TimeSpan.FromSeconds(30), $"{states.Length} states", TestContext.Current.CancellationToken);
        Assert.Equal(states, Told());
    }

    private List<string> Told()
    {
        lock (_told)
        {
            return [.. _told.Select(static state => string.Join(
                ' ',
                new[] { state.Version == ObjectWatchState.Absent ? "absent" : state.Version, state.IsLive ? "live" : null, state.IsRefused ? "refused" : null }
                    .Where(static part => part is not null)))];
        }
    }

    private void Record(ObjectWatchState state)
    {
        lock (_told)
        {
            _told.Add(state);
        }
    }
}
