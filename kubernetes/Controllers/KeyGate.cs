namespace SentryOtel.Kubernetes.Controllers;

/// <summary>
/// Lets one pass of a key run at a time, across queues. Who is refused is called back when the key is free, so that no
/// worker waits while it could serve other keys.
/// </summary>
internal sealed class KeyGate<TKey>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Action?> _held = [];

    /// <summary>Takes the key, or keeps <paramref name="whenFree"/> for later and answers false.</summary>
    public bool TryEnter(TKey key, Action whenFree)
    {
        lock (_gate)
        {
            if (_held.TryAdd(key, null))
            {
                return true;
            }

            _held[key] += whenFree;
            return false;
        }
    }

    public void Exit(TKey key)
    {
        Action? waiting;
        lock (_gate)
        {
            _held.Remove(key, out waiting);
        }

        waiting?.Invoke();
    }
}
