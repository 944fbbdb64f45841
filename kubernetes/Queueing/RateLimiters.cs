namespace SentryOtel.Kubernetes.Queueing;

/// <summary>The limiters a controller normally wants.</summary>
public static class RateLimiters
{
    /// <summary>
    /// client-go's controller default: per item 5 ms × 2^failures up to 1000 s, and 10 requeues a second with a burst
    /// of 100 over all items; with 10 % of jitter, since an outage makes many items fail at the same moment.
    /// </summary>
    public static IRateLimiter<TKey> Default<TKey>(TimeProvider timeProvider, Random random)
        where TKey : notnull =>
        new MaxOfRateLimiter<TKey>(
            new ItemExponentialFailureRateLimiter<TKey>(jitterFactor: 0.1, random: random),
            new BucketRateLimiter<TKey>(10, 100, timeProvider));
}
