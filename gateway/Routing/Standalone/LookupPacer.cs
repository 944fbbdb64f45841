using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Routing.Standalone;

/// <summary>
/// Keeps look-ups from hammering an API that fails. A few run at a time; when those of several projects fail in a row for a reason that is not the project's own, all
/// wait, longer each time, until one succeeds. The failure of a single project holds nobody else up.
/// </summary>
internal sealed class LookupPacer(MonotonicClock clock, TimeProvider timeProvider, Random random) : IDisposable
{
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private const int Concurrency = 4;

    private readonly SemaphoreSlim _slots = new(Concurrency, Concurrency);
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TimeSpan _openAt;
    private TimeSpan _lastFailure = TimeSpan.MinValue;
    private int _rounds;

    /// <summary>Waits for a turn.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            while (UntilOpen() is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, timeProvider, cancellationToken);
            }
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Gives the turn back.</summary>
    public void Leave() => _slots.Release();

    /// <summary>Sentry answered as it should.</summary>
    public void Succeed()
    {
        lock (_gate)
        {
            _failing.Clear();
            (_rounds, _openAt) = (0, TimeSpan.Zero);
        }
    }

    /// <summary>A look-up that began at <paramref name="started"/> failed for a reason that may be everybody's.</summary>
    public void Fail(string slug, TimeSpan started)
    {
        lock (_gate)
        {
            _failing.Add(slug);
            if (_failing.Count > 1 && started >= _lastFailure)
            {
                // Those that were on the way together are one failure.
                _openAt = clock.Now + Jittered(Pause(_rounds++));
            }

            _lastFailure = clock.Now;
        }
    }

    /// <summary>The pause after so many failures in a row.</summary>
    public static TimeSpan Pause(int failures) =>
        TimeSpan.FromSeconds(Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures, 16)), LongestPause.TotalSeconds));

    /// <summary>Between 80 and 100 % of the pause, so that what failed together does not come back together.</summary>
    public TimeSpan Jittered(TimeSpan pause)
    {
        lock (random)
        {
            return pause * (1 - (0.2 * random.NextDouble()));
        }
    }

    public void Dispose() => _slots.Dispose();

    private TimeSpan UntilOpen()
    {
        lock (_gate)
        {
            // Timers count whole milliseconds: rounded down, the wait would end before its time, over and over.
            return TimeSpan.FromMilliseconds(Math.Ceiling((_openAt - clock.Now).TotalMilliseconds));
        }
    }
}
