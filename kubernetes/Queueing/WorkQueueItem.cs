namespace SentryOtel.Kubernetes.Queueing;

/// <summary>What a worker got: the key, and the priority to keep when the key must be put back.</summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
/// <param name="Key">The key; call <see cref="WorkQueue{TKey}.Done"/> with it when finished.</param>
/// <param name="Priority">The priority under which it was taken.</param>
public readonly record struct WorkQueueItem<TKey>(TKey Key, int Priority)
    where TKey : notnull;
