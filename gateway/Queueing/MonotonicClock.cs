namespace SentryOtel.Gateway.Queueing;

/// <summary>Time since the start of the process by a clock that nobody sets.</summary>
internal sealed class MonotonicClock(TimeProvider timeProvider)
{
    private readonly long _start = timeProvider.GetTimestamp();

    public TimeSpan Now => timeProvider.GetElapsedTime(_start);

    public ITimer CreateTimer(Action callback) =>
        timeProvider.CreateTimer(static state => ((Action)state!)(), callback, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
