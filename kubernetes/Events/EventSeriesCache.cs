using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Events;

/// <summary>What a repetition asks for.</summary>
internal enum EventWrite
{
    /// <summary>A new event: create it.</summary>
    Create,

    /// <summary>The second of its kind: the series begins, patch it.</summary>
    Patch,

    /// <summary>One more of a known series: counted, and written later.</summary>
    Later,
}

/// <summary>
/// Recognises repetitions (client-go's tools/events): an event like one of the last six minutes joins it as a series,
/// which is written when it begins, every thirty minutes, and once more when it has been silent for six minutes.
/// Not thread safe.
/// </summary>
internal sealed class EventSeriesCache
{
    public static readonly TimeSpan FinishAfter = TimeSpan.FromMinutes(6);
    public static readonly TimeSpan RefreshEvery = TimeSpan.FromMinutes(30);

    private readonly Dictionary<EventKey, Entry> _entries = [];

    public EventWrite Add(V1Event entity, DateTimeOffset now, out V1Event current)
    {
        var key = EventKey.Of(entity);
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries.Add(key, new Entry(entity, now));
            current = entity;
            return EventWrite.Create;
        }

        current = entry.Event;
        entry.LastSeen = now;
        if (current.Series is { } series)
        {
            series.Count++;
            series.LastObservedTime = now;
            entry.Unwritten = true;
            return EventWrite.Later;
        }

        current.Series = new V1EventSeries { Count = 2, LastObservedTime = now };
        entry.LastWritten = now;
        return EventWrite.Patch;
    }

    /// <summary>Series whose count is to be written now; those that ended are forgotten.</summary>
    /// <param name="now">The time.</param>
    /// <param name="everything">Also those whose time has not come, because the recorder stops.</param>
    public IReadOnlyList<V1Event> TakeDue(DateTimeOffset now, bool everything = false)
    {
        var due = new List<V1Event>();
        foreach (var (key, entry) in _entries.ToArray())
        {
            var ended = everything || now - entry.LastSeen >= FinishAfter;
            if (entry.Unwritten && (ended || now - entry.LastWritten >= RefreshEvery))
            {
                entry.Unwritten = false;
                entry.LastWritten = now;
                due.Add(entry.Event);
            }

            if (ended)
            {
                _entries.Remove(key);
            }
        }

        return due;
    }

    /// <summary>An event that could not be written: the next of its kind is a first one again.</summary>
    public void Forget(V1Event entity) => _entries.Remove(EventKey.Of(entity));

    private sealed class Entry(V1Event entity, DateTimeOffset now)
    {
        public V1Event Event { get; } = entity;

        public DateTimeOffset LastSeen { get; set; } = now;

        public DateTimeOffset LastWritten { get; set; } = now;

        public bool Unwritten { get; set; }
    }
}
