using System.Collections.Concurrent;

namespace SentryOtel.Kubernetes.Queueing;

/// <summary>
/// Per item base × 2^failures, capped, and never giving up. With a jitter factor f the delay is drawn from
/// [d, d × (1 + f)], so that items which failed together do not come back together.
/// </summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
public sealed class ItemExponentialFailureRateLimiter<TKey> : IRateLimiter<TKey>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, int> _failures = new();
    private readonly TimeSpan _baseDelay;
    private readonly TimeSpan _maxDelay;
    private readonly double _jitterFactor;
    private readonly Random? _random;

    /// <summary>Defaults are client-go's: 5 ms doubling up to 1000 s, without jitter.</summary>
    /// <param name="baseDelay">The delay after the first failure; default 5 ms.</param>
    /// <param name="maxDelay">The cap before jitter; default 1000 s.</param>
    /// <param name="jitterFactor">0 for none; 0.1 spreads each delay by up to 10 %.</param>
    /// <param name="random">Needed when there is jitter; used under a lock.</param>
    public ItemExponentialFailureRateLimiter(
        TimeSpan? baseDelay = null, TimeSpan? maxDelay = null, double jitterFactor = 0, Random? random = null)
    {
        _baseDelay = baseDelay ?? TimeSpan.FromMilliseconds(5);
        _maxDelay = maxDelay ?? TimeSpan.FromSeconds(1000);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_baseDelay, TimeSpan.Zero, nameof(baseDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(_maxDelay, _baseDelay, nameof(maxDelay));
        ArgumentOutOfRangeException.ThrowIfNegative(jitterFactor);
        if (jitterFactor > 0)
        {
            ArgumentNullException.ThrowIfNull(random);
        }

        _jitterFactor = jitterFactor;
        _random = random;
    }

    /// <inheritdoc/>
    public TimeSpan When(TKey key)
    {
        var failures = _failures.AddOrUpdate(key, 1, static (_, count) => count == int.MaxValue ? count : count + 1) - 1;
        var ticks = Math.Min(_baseDelay.Ticks * Math.Pow(2, failures), _maxDelay.Ticks);
        return TimeSpan.FromTicks((long)(ticks * (1 + Jitter())));
    }

    /// <inheritdoc/>
    public void Forget(TKey key) => _failures.TryRemove(key, out _);

    /// <inheritdoc/>
    public int NumRequeues(TKey key) => _failures.GetValueOrDefault(key);

    private double Jitter()
    {
        if (_random is null || _jitterFactor == 0)
        {
            return 0;
        }

        lock (_random)
        {
            return _random.NextDouble() * _jitterFactor;
        }
    }
}
