namespace SentryOtel.Kubernetes.Queueing;

/// <summary>
/// Keys that wait for a moment: one entry per key, the earliest moment and the highest priority win; of equal moments, the
/// one that was named first. Not thread safe.
/// </summary>
internal sealed class DelayedItems<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, (long Due, int Priority)> _entries = [];
    private readonly PriorityQueue<TKey, (long Due, long Sequence)> _heap = new();
    private long _sequence;

    public int Count => _entries.Count;

    /// <summary>The earliest due timestamp, or null when nothing waits.</summary>
    public long? NextDue
    {
        get
        {
            DropStale();
            return _heap.TryPeek(out _, out var head) ? head.Due : null;
        }
    }

    public void Add(TKey key, long due, int priority)
    {
        if (_entries.TryGetValue(key, out var known))
        {
            _entries[key] = (Math.Min(known.Due, due), Math.Max(known.Priority, priority));
            if (known.Due <= due)
            {
                return;
            }
        }
        else
        {
            _entries[key] = (due, priority);
        }

        _heap.Enqueue(key, (due, _sequence++));
    }

    public bool TryTakeDue(long now, out TKey key, out int priority)
    {
        DropStale();
        if (_heap.TryPeek(out var first, out var head) && head.Due <= now)
        {
            _heap.Dequeue();
            priority = _entries[first].Priority;
            _entries.Remove(first);
            key = first;
            return true;
        }

        (key, priority) = (default!, 0);
        return false;
    }

    public void Clear()
    {
        _entries.Clear();
        _heap.Clear();
    }

    /// <summary>An entry that was moved forward leaves its old place in the heap behind.</summary>
    private void DropStale()
    {
        while (_heap.TryPeek(out var key, out var head) && !(_entries.TryGetValue(key, out var entry) && entry.Due == head.Due))
        {
            _heap.Dequeue();
        }
    }
}
