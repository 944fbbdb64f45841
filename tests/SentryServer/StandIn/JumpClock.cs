namespace SentryOtel.SentryServer.StandIn;

/// <summary>
/// The system's clock, set ahead on demand. Caches and limits run out when it jumps; delays already under way keep to real time.
/// </summary>
public sealed class JumpClock : TimeProvider
{
    private long _aheadTicks;

    /// <summary>How far it is ahead of the system's clock.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    /// <summary>Sets it further ahead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public void Advance(TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.Zero);
        Interlocked.Add(ref _aheadTicks, step.Ticks);
    }
}
