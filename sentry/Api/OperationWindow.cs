namespace SentryOtel.Sentry.Api;

/// <summary>
/// What Sentry has said of one operation's limits, and how many of its calls are on their way. A call goes out only when the window has room for it and for all that are on
/// their way, since nobody knows which of these the last answer has counted. Thread safe.
/// </summary>
internal sealed class OperationWindow(TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private Window? _window;
    private Closure? _closure;
    private long? _limit;
    private long? _concurrentLimit;
    private int _inFlight;

    /// <summary>Refusals since the last call that was not.</summary>
    public int Refusals { get; private set; }

    /// <summary>Takes a place for a call, or says why there is none; null when the place is taken.</summary>
    public Blocked? TryEnter()
    {
        lock (_gate)
        {
            var blocked = BlockedLocked();
            if (blocked is null)
            {
                _inFlight++;
            }

            return blocked;
        }
    }

    /// <summary>Why there is no place now; null when there is one.</summary>
    public Blocked? Peek()
    {
        lock (_gate)
        {
            return BlockedLocked();
        }
    }

    /// <summary>A call is over, whatever came of it.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _inFlight--;
            SignalLocked();
        }
    }

    /// <summary>Nothing more for a while.</summary>
    public void Close(TimeSpan wait)
    {
        lock (_gate)
        {
            _closure = new Closure(timeProvider.GetTimestamp(), wait);
            Refusals++;
            SignalLocked();
        }
    }

    /// <summary>Takes in an answer that was no refusal.</summary>
    /// <param name="answer">What it said.</param>
    /// <param name="untilReset">How long its window lasts, at most; null when it has none.</param>
    /// <param name="margin">Added to that, so that callers of one organisation do not come back at the same moment.</param>
    public void Observe(RateLimitSnapshot answer, TimeSpan? untilReset, TimeSpan margin)
    {
        lock (_gate)
        {
            Refusals = 0;
            (_limit, _concurrentLimit) = (answer.Limit, answer.ConcurrentLimit);
            if (answer is { Remaining: { } remaining, Reset: { } reset } && untilReset is { } length)
            {
                var fresh = new Window(reset, remaining, timeProvider.GetTimestamp(), length + margin);

                // Answers overtake each other: of one window the smallest number holds, and one of a window before says nothing. The time of an answer is known to the second
                // only, so that each gives a bound for the window's end.
                _window = _window is not { } known || reset > known.Reset ? fresh
                    : reset < known.Reset ? known
                    : (LeftOf(fresh) < LeftOf(known) ? fresh : known) with { Remaining = Math.Min(known.Remaining, remaining) };
            }

            SignalLocked();
        }
    }

    private Blocked? BlockedLocked()
    {
        if (_closure is { } closure && closure.Length - timeProvider.GetElapsedTime(closure.Since) is var left && left > TimeSpan.Zero)
        {
            return new Blocked(left, IsCertain: true, _changed.Task);
        }

        if (_concurrentLimit is { } most && _inFlight >= Math.Max(1, most))
        {
            return new Blocked(TimeSpan.FromSeconds(1), IsCertain: false, _changed.Task);
        }

        if (_window is { } window && LeftOf(window) is var rest && rest > TimeSpan.Zero)
        {
            return window.Remaining - _inFlight > 0 ? null : new Blocked(rest, IsCertain: window.Remaining <= 0, _changed.Task);
        }

        // A new window, of which nothing was heard yet.
        return _limit is not { } limit || _inFlight == 0 || _inFlight < limit ? null : new Blocked(TimeSpan.FromSeconds(1), IsCertain: false, _changed.Task);
    }

    private TimeSpan LeftOf(Window window) => window.Length - timeProvider.GetElapsedTime(window.Since);

    private void SignalLocked()
    {
        var signal = _changed;
        _changed = NewSignal();
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Window(long Reset, long Remaining, long Since, TimeSpan Length);

    private sealed record Closure(long Since, TimeSpan Length);
}

/// <summary>Why a call has to wait.</summary>
/// <param name="Wait">How long at most, unless something is heard earlier.</param>
/// <param name="IsCertain">False when the answer to a call on its way may make room.</param>
/// <param name="Changed">Ends when there is news.</param>
internal sealed record Blocked(TimeSpan Wait, bool IsCertain, Task Changed);
