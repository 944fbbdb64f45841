namespace SentryOtel.Kubernetes.Queueing;

/// <summary>
/// One token bucket for all items: requeues beyond the burst are spread at the given rate. It bounds what a mass
/// failure costs; combine it with a per-item limiter through <see cref="MaxOfRateLimiter{TKey}"/>.
/// </summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
/// <param name="perSecond">Tokens added each second.</param>
/// <param name="burst">The bucket's size.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class BucketRateLimiter<TKey>(double perSecond, int burst, TimeProvider timeProvider) : IRateLimiter<TKey>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long _refilledAt = timeProvider.GetTimestamp();

    /// <inheritdoc/>
    public TimeSpan When(TKey key)
    {
        lock (_gate)
        {
            var now = timeProvider.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + (timeProvider.GetElapsedTime(_refilledAt, now).TotalSeconds * perSecond));
            _refilledAt = now;
            // A debt is a reservation: whoever comes later waits behind it.
            _tokens -= 1;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / perSecond);
        }
    }

    /// <inheritdoc/>
    public void Forget(TKey key)
    {
    }

    /// <inheritdoc/>
    public int NumRequeues(TKey key) => 0;
}
