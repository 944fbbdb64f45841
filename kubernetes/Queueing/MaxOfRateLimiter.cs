namespace SentryOtel.Kubernetes.Queueing;

/// <summary>The longest delay any of several limiters asks for.</summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
/// <param name="limiters">At least one.</param>
public sealed class MaxOfRateLimiter<TKey>(params IReadOnlyList<IRateLimiter<TKey>> limiters) : IRateLimiter<TKey>
    where TKey : notnull
{
    /// <inheritdoc/>
    public TimeSpan When(TKey key) => limiters.Max(limiter => limiter.When(key));

    /// <inheritdoc/>
    public void Forget(TKey key)
    {
        foreach (var limiter in limiters)
        {
            limiter.Forget(key);
        }
    }

    /// <inheritdoc/>
    public int NumRequeues(TKey key) => limiters.Max(limiter => limiter.NumRequeues(key));
}
