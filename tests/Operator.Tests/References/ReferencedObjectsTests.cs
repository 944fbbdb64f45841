using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.References;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.References;

/// <summary>Who is woken by what, and when a watch is opened and closed.</summary>
public sealed class ReferencedObjectsTests : IAsyncDisposable
{
    private const int MaxWatches = 3;

    private static readonly ReferenceUser A = new(ReferenceUserKind.Exporter, new ObjectKey("shop", "a"));
    private static readonly ReferenceUser B = new(ReferenceUserKind.Exporter, new ObjectKey("shop", "b"));
    private static readonly ReferenceUser R = new(ReferenceUserKind.Route, new ObjectKey("shop", "r"));
    private static readonly ObjectReference Token = ObjectReference.Secret("shop", "token");
    private static readonly ObjectReference Bundle = ObjectReference.ConfigMap("shop", "token");

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<ObjectReference, ToldWatch> _watches = [];
    private readonly List<string> _woken = [];
    private readonly ReferencedObjects _objects;
    private readonly Task _run;

    public ReferencedObjectsTests()
    {
        _objects = new ReferencedObjects(Open, MaxWatches, NullLogger.Instance);
        _objects.Wakes(ReferenceUserKind.Exporter, key => _woken.Add($"exporter {key.Name}"));
        _objects.Wakes(ReferenceUserKind.Route, key => _woken.Add($"route {key.Name}"));
        _run = _objects.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.All(_watches.Values, static watch => Assert.True(watch.Ended.IsCompleted));
        _stop.Dispose();
    }

    [Fact]
    public void A_change_wakes_those_who_refer_to_the_object_and_nobody_else()
    {
        Use(A, (Token, "1"));
        Use(B, (Bundle, "1"));
        Use(R, (Token, "1"));
        Tell(Token, "1");
        Tell(Bundle, "1");
        Assert.Empty(_woken);

        Tell(Token, "2");

        Assert.Equal(["exporter a", "route r"], _woken.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_version_that_its_user_has_read_already_wakes_nobody_and_its_end_does()
    {
        Use(A, (Token, "1"));
        Tell(Token, "1");
        // A pass that came for another reason has read what is told a moment later.
        Use(A, (Token, "2"));
        Tell(Token, "2");
        Assert.Empty(_woken);

        Tell(Token, ObjectWatchState.Absent);
        Tell(Token, ObjectWatchState.Absent);

        Assert.Equal(["exporter a"], _woken);
    }

    [Fact]
    public void What_changed_between_the_read_and_the_opening_of_the_watch_wakes()
    {
        Use(A, (Token, "1"));
        Tell(Token, "2");
        Assert.Equal(["exporter a"], _woken);

        // And what changed between the read and the first use of a watch that is open
        Use(B, (Token, "1"));
        Assert.Equal(["exporter a", "exporter b"], _woken);
    }

    [Fact]
    public void A_user_that_reads_something_newer_than_a_lagging_watch_tells_is_not_woken_again_and_again()
    {
        Use(A, (Token, "1"));
        Tell(Token, "1");

        for (var pass = 0; pass < 5; pass++)
        {
            Use(A, (Token, "2"));
        }

        Assert.Empty(_woken);
    }

    [Fact]
    public async Task A_watch_lives_as_long_as_somebody_refers_to_its_object()
    {
        Use(A, (Token, "1"), (Bundle, "1"));
        Use(B, (Token, "1"));
        Assert.Equal((2, 2), _objects.Count);

        Use(A, (Bundle, "1"));
        Assert.Equal((2, 2), _objects.Count);
        _objects.Release(B);
        Assert.Equal((1, 1), _objects.Count);
        await Eventually.HoldsAsync(() => _watches[Token].Ended.IsCompleted, TimeSpan.FromSeconds(30), "the watch ends", TestContext.Current.CancellationToken);
        Assert.False(_watches[Bundle].Ended.IsCompleted);

        Tell(Token, "2");
        Assert.Empty(_woken);
    }

    [Fact]
    public void Beyond_the_bound_users_are_told_to_look_for_themselves_until_there_is_room()
    {
        var users = Enumerable.Range(0, MaxWatches + 1).Select(static number => new ReferenceUser(ReferenceUserKind.Route, new ObjectKey("shop", $"{number}"))).ToList();
        foreach (var user in users)
        {
            Use(user, (ObjectReference.Secret("shop", user.Key.Name), "1"));
        }

        Assert.Equal((MaxWatches + 1, MaxWatches), _objects.Count);
        Assert.Equal([true, true, true, false], users.Select(_objects.IsFollowed));

        _objects.Release(users[0]);

        Assert.Equal((MaxWatches, MaxWatches), _objects.Count);
        Assert.True(_objects.IsFollowed(users[^1]));
    }

    [Fact]
    public void Who_refers_to_an_object_that_may_not_be_watched_is_woken_once_and_looks_for_itself()
    {
        Use(A, (Token, "1"));
        Assert.True(_objects.IsFollowed(A));

        _watches[Token].Tell(new ObjectWatchState(null, IsLive: false, IsRefused: true));

        Assert.Equal(["exporter a"], _woken);
        Assert.False(_objects.IsFollowed(A));
        Tell(Token, "1");
        Assert.True(_objects.IsFollowed(A));
    }

    [Fact]
    public void Only_a_live_watch_vouches_for_a_version()
    {
        Use(A, (Token, "1"));
        Assert.False(_objects.IsStill(Token, "1"));
        Tell(Token, "1");
        Assert.True(_objects.IsStill(Token, "1"));
        Assert.False(_objects.IsStill(Token, "2"));

        _watches[Token].Tell(new ObjectWatchState("1", IsLive: false, IsRefused: false));
        Assert.False(_objects.IsStill(Token, "1"));
        Assert.True(_objects.IsFollowed(A));
    }

    [Fact]
    public void What_was_not_read_is_no_news_when_it_is_first_told()
    {
        Use(A, (Token, "1"), (Bundle, null));
        Tell(Bundle, "5");
        Assert.Empty(_woken);

        Tell(Bundle, "6");
        Assert.Equal(["exporter a"], _woken);
    }

    private void Use(ReferenceUser user, params (ObjectReference Reference, string? Version)[] read) =>
        _objects.Use(user, read.ToDictionary(static entry => entry.Reference, static entry => entry.Version));

    private void Tell(ObjectReference reference, string version) => _watches[reference].Tell(new ObjectWatchState(version, IsLive: true, IsRefused: false));

    private ToldWatch Open(ObjectReference reference, Action<ObjectWatchState> changed) => _watches[reference] = new ToldWatch(changed);

    /// <summary>A watch that says what the test says.</summary>
    private sealed class ToldWatch(Action<ObjectWatchState> changed) : IObjectWatch
    {
        private readonly TaskCompletionSource _ended = new();

        public Task Ended => _ended.Task;

        public ObjectWatchState State { get; private set; } = new(null, IsLive: false, IsRefused: false);

        public void Tell(ObjectWatchState state)
        {
            State = state;
            changed(state);
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            _ended.SetResult();
        }
    }
}
