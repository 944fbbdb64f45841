namespace SentryOtel.Kubernetes.Queueing;

/// <summary>Says how long a failed item must wait before it is tried again (client-go's TypedRateLimiter).</summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
public interface IRateLimiter<in TKey>
    where TKey : notnull
{
    /// <summary>Counts one more failure of <paramref name="key"/> and returns its delay.</summary>
    TimeSpan When(TKey key);

    /// <summary>The item succeeded or is given up: its failures are forgotten.</summary>
    void Forget(TKey key);

    /// <summary>How many failures of <paramref name="key"/> have been counted since it was last forgotten.</summary>
    int NumRequeues(TKey key);
}
