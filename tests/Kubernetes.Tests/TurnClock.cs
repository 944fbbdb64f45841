namespace SentryOtel.Kubernetes.Tests;

/// <summary>
/// A view of a clock that knows whether the code which uses it waits on it: the way for a test to let that code take its
/// turn between two movements of a fake clock.
/// </summary>
internal sealed class TurnClock(TimeProvider inner) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<TurnTimer> _armed = [];

    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <summary>Whether a delay is armed. Deadlines (a CancellationTokenSource's timers) do not count: they wait beside work.</summary>
    public bool Delays => Any(static timer => !timer.IsDeadline);

    /// <summary>Whether anything is armed.</summary>
    public bool Waits => Any(static _ => true);

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new TurnTimer(this, inner, callback, state, dueTime, period);

    private bool Any(Func<TurnTimer, bool> predicate)
    {
        lock (_gate)
        {
            return _armed.Any(predicate);
        }
    }

    private void Set(TurnTimer timer, bool armed)
    {
        lock (_gate)
        {
            _ = armed ? _armed.Add(timer) : _armed.Remove(timer);
        }
    }

    private sealed class TurnTimer : ITimer
    {
        private readonly TurnClock _clock;
        private readonly ITimer _timer;

        public TurnTimer(TurnClock clock, TimeProvider inner, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _clock = clock;
            IsDeadline = state is CancellationTokenSource;
            _timer = inner.CreateTimer(
                _ =>
                {
                    clock.Set(this, armed: false);
                    callback(state);
                },
                null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool IsDeadline { get; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _clock.Set(this, dueTime != Timeout.InfiniteTimeSpan);
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            _clock.Set(this, armed: false);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
