namespace SentryOtel.Kubernetes.Queueing;

/// <summary>Keys ready to be worked on: highest priority first, first come first served within one. Not thread safe.</summary>
internal sealed class ReadyItems<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly PriorityQueue<(TKey Key, Entry Entry), (int NegatedPriority, long Sequence)> _heap = new();
    private long _sequence;

    public int Count => _entries.Count;

    public void Append(TKey key, int priority, long timestamp)
    {
        var entry = new Entry(priority, _sequence++, timestamp);
        _entries.Add(key, entry);
        _heap.Enqueue((key, entry), (-priority, entry.Sequence));
    }

    /// <summary>Lifts a waiting key; it keeps its arrival among equals. Returns the old priority when it changed.</summary>
    public int? Raise(TKey key, int priority)
    {
        if (!_entries.TryGetValue(key, out var known) || known.Priority >= priority)
        {
            return null;
        }

        var entry = known with { Priority = priority };
        _entries[key] = entry;
        _heap.Enqueue((key, entry), (-priority, entry.Sequence));
        return known.Priority;
    }

    public bool TryTake(out TKey key, out int priority, out long timestamp)
    {
        while (_heap.TryDequeue(out var head, out _))
        {
            if (_entries.TryGetValue(head.Key, out var entry) && entry == head.Entry)
            {
                _entries.Remove(head.Key);
                (key, priority, timestamp) = (head.Key, entry.Priority, entry.Timestamp);
                return true;
            }
        }

        (key, priority, timestamp) = (default!, 0, 0);
        return false;
    }

    private readonly record struct Entry(int Priority, long Sequence, long Timestamp);
}
