namespace SentryOtel.Kubernetes.Tests.LeaderElection;

/// <summary>A clock of a process that was frozen: time has passed, and no timer has fired yet.</summary>
internal sealed class FrozenTime(TimeProvider inner) : TimeProvider
{
    private TimeSpan _leapt;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + _leapt;

    public override long GetTimestamp() => inner.GetTimestamp() + (long)(_leapt.TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);

    public void Leap(TimeSpan by) => _leapt += by;
}
