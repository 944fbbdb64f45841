namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>
/// Counts services that were announced and are in no routing table yet, so that together with those of the table they are no more than
/// <c>projects.max_auto_created</c>. A service that comes back to a project which counts already takes no place. Bounded by that number, and that of such projects.
/// </summary>
/// <param name="capacity">Most services that get a route by themselves.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class AnnouncementRoom(int capacity, TimeProvider timeProvider)
{
    /// <summary>An announcement that the table does not show after so long has come to nothing.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    private readonly Dictionary<string, Announced> _announced = new(StringComparer.Ordinal);
    private int _taken;

    /// <summary>Services that were announced and are in no table yet.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _announced.Count;
            }
        }
    }

    /// <summary>Whether a service may be announced, or has been.</summary>
    public bool Holds(LoadedTable table, string value, string slug)
    {
        lock (_gate)
        {
            return HoldsLocked(table, value, slug);
        }
    }

    /// <summary>Takes a service in. False when there is no room, or when it was announced a moment ago.</summary>
    public bool TryEnter(LoadedTable table, string value, string slug)
    {
        lock (_gate)
        {
            if (!HoldsLocked(table, value, slug) || (_announced.TryGetValue(value, out var known) && !IsOver(known)))
            {
                return false;
            }

            LeaveLocked(value);
            var entry = new Announced(TakesPlace: !table.IsLeft(slug), WrittenAt: null);
            _announced[value] = entry;
            _taken += entry.TakesPlace ? 1 : 0;
            return true;
        }
    }

    /// <summary>The route of a service was written, or could not be.</summary>
    public void Done(string value)
    {
        lock (_gate)
        {
            if (_announced.TryGetValue(value, out var entry))
            {
                _announced[value] = entry with { WrittenAt = timeProvider.GetTimestamp() };
            }
        }
    }

    /// <summary>The service is not announced after all.</summary>
    public void Leave(string value)
    {
        lock (_gate)
        {
            LeaveLocked(value);
        }
    }

    /// <summary>Takes a new table: what it has counts there, and what it should have by now and has not is gone.</summary>
    public void Settle(LoadedTable table)
    {
        lock (_gate)
        {
            foreach (var (value, entry) in _announced)
            {
                if (table.Holds(value) || IsOver(entry))
                {
                    LeaveLocked(value);
                }
            }
        }
    }

    private bool HoldsLocked(LoadedTable table, string value, string slug) =>
        _announced.ContainsKey(value) || table.IsLeft(slug) || table.Rationed + _taken < capacity;

    private void LeaveLocked(string value)
    {
        if (_announced.Remove(value, out var entry) && entry.TakesPlace)
        {
            _taken--;
        }
    }

    private bool IsOver(Announced entry) => entry.WrittenAt is { } at && timeProvider.GetElapsedTime(at) >= Lag;

    /// <param name="TakesPlace">Whether it counts: its project does not yet.</param>
    /// <param name="WrittenAt">When its route was written; null while it waits for its turn.</param>
    private readonly record struct Announced(bool TakesPlace, long? WrittenAt);
}
