namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>
/// Counts services that were announced and are in no routing table yet, so that together with those of the table they are no more than
/// <c>projects.max_auto_created</c>. Bounded by that number.
/// </summary>
/// <param name="capacity">Most services that get a route by themselves.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class AnnouncementRoom(int capacity, TimeProvider timeProvider)
{
    /// <summary>An announcement that the table does not show after so long has come to nothing.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    // From value to when its route was written; null while it waits for its turn.
    private readonly Dictionary<string, long?> _announced = new(StringComparer.Ordinal);

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
    public bool Holds(LoadedTable table, string value)
    {
        lock (_gate)
        {
            return HoldsLocked(table, value);
        }
    }

    /// <summary>Takes a service in. False when there is no room, or when it was announced a moment ago.</summary>
    public bool TryEnter(LoadedTable table, string value)
    {
        lock (_gate)
        {
            if (!HoldsLocked(table, value) || (_announced.TryGetValue(value, out var at) && !IsOver(at)))
            {
                return false;
            }

            _announced[value] = null;
            return true;
        }
    }

    /// <summary>The route of a service was written, or could not be.</summary>
    public void Done(string value)
    {
        lock (_gate)
        {
            if (_announced.ContainsKey(value))
            {
                _announced[value] = timeProvider.GetTimestamp();
            }
        }
    }

    /// <summary>The service is not announced after all.</summary>
    public void Leave(string value)
    {
        lock (_gate)
        {
            _announced.Remove(value);
        }
    }

    /// <summary>Takes a new table: what it has counts there, and what it should have by now and has not is gone.</summary>
    public void Settle(LoadedTable table)
    {
        lock (_gate)
        {
            foreach (var (value, at) in _announced)
            {
                if (table.Holds(value) || IsOver(at))
                {
                    _announced.Remove(value);
                }
            }
        }
    }

    private bool HoldsLocked(LoadedTable table, string value) => _announced.ContainsKey(value) || table.Rationed + _announced.Count < capacity;

    private bool IsOver(long? writtenAt) => writtenAt is { } at && timeProvider.GetElapsedTime(at) >= Lag;
}
