using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Queueing;

/// <summary>The pauses of <c>retry_on_failure</c>: exponential, bounded, with jitter.</summary>
internal sealed class Backoff(RetryConfiguration retry, Random random)
{
    /// <summary>A destination that asks for more is asked again after this.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    public RetryConfiguration Retry { get; } = retry;

    /// <summary>The pause after the <paramref name="failures"/>th failure in a row, at least what the destination asked for.</summary>
    public TimeSpan After(int failures, TimeSpan asked)
    {
        var interval = Math.Min(
            Retry.InitialInterval.TotalSeconds * Math.Pow(Retry.Multiplier, failures - 1), Retry.MaxInterval.TotalSeconds);
        double spread;
        lock (random)
        {
            spread = (random.NextDouble() * 2) - 1;
        }

        var pause = TimeSpan.FromSeconds(interval * (1 + (Retry.RandomizationFactor * spread)));
        var floor = asked < LongestAsked ? asked : LongestAsked;
        return pause > floor ? pause : floor;
    }
}
