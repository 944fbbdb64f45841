namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>When a configuration that is right and could not be put in force is tried again: soon at first, then ever more seldom.</summary>
internal sealed class ReloadRetry(TimeProvider timeProvider)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private TimeSpan _pause;
    private long _since;

    /// <summary>Whether something waits to be tried again.</summary>
    public bool IsPending => _pause > TimeSpan.Zero;

    /// <summary>Time until it is.</summary>
    public TimeSpan Left => timeProvider.GetElapsedTime(_since) is var elapsed && elapsed < _pause ? _pause - elapsed : TimeSpan.Zero;

    /// <summary>It failed; says how long the pause is.</summary>
    public TimeSpan Fail()
    {
        _pause = !IsPending ? First : _pause * 2 < Longest ? _pause * 2 : Longest;
        _since = timeProvider.GetTimestamp();
        return _pause;
    }

    /// <summary>There is nothing to try again, or something else.</summary>
    public void Clear() => _pause = TimeSpan.Zero;
}
