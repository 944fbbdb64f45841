namespace SentryOtel.Sentry.Catalogs;

/// <summary>
/// Decides between asking project by project and listing the whole organisation: a list pays once what was asked for within a while would have cost as many calls. So an
/// organisation of ten thousand projects is not listed for five of them, and five thousand routes do not ask one by one.
/// </summary>
/// <param name="window">Look-ups within this time count together.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ListDemand(TimeSpan window, TimeProvider timeProvider)
{
    /// <summary>A look-up reads a project and its keys.</summary>
    public const int CallsPerLookup = 2;

    private const int PageSize = 100;

    /// <summary>What a list is taken to cost before the first one told: so four projects are asked for one by one, a fifth is not.</summary>
    private const int UnknownCost = 8;

    private readonly Lock _gate = new();
    private readonly Queue<long> _lookups = new();
    private int _cost = UnknownCost;

    /// <summary>Whether so many projects are better read by a list.</summary>
    public bool IsListCheaper(int projects)
    {
        lock (_gate)
        {
            return projects * CallsPerLookup > _cost;
        }
    }

    /// <summary>Counts one look-up, and says whether it shall be a list.</summary>
    public bool Add()
    {
        lock (_gate)
        {
            while (_lookups.TryPeek(out var oldest) && timeProvider.GetElapsedTime(oldest) > window)
            {
                _lookups.Dequeue();
            }

            _lookups.Enqueue(timeProvider.GetTimestamp());
            if (_lookups.Count * CallsPerLookup <= _cost)
            {
                return false;
            }

            _lookups.Clear();
            return true;
        }
    }

    /// <summary>Learns what a list costs.</summary>
    /// <param name="projects">Projects listed.</param>
    /// <param name="keys">Keys listed; null when there is no such list.</param>
    public void Learn(int projects, int? keys)
    {
        lock (_gate)
        {
            _cost = Math.Max(UnknownCost, Pages(projects) + (keys is { } count ? Pages(count) : 0));
        }
    }

    private static int Pages(int items) => Math.Max(1, (items + PageSize - 1) / PageSize);
}
