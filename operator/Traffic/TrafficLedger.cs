namespace SentryOtel.Operator.Traffic;

/// <summary>
/// Adds up what the gateways of one exporter say, over gateways that come, go and start anew. What a process counted between its last answer and its end is lost.
/// </summary>
/// <param name="opened">Counts of processes that started before may have been told by another operator.</param>
internal sealed class TrafficLedger(DateTimeOffset opened)
{
    /// <summary>A gateway that is back after so long counts as new.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Most projects whose growth is kept: more than the routes of any exporter, and a bound for gateways that make names up.</summary>
    private const int MaxProjects = 50_000;

    private readonly Dictionary<string, GatewayBooks> _gateways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrafficCounts> _grown = new(StringComparer.Ordinal);
    private IReadOnlyCollection<string> _live = [];
    private DateTimeOffset? _lastRead;

    /// <summary>When a gateway answered last; the opening before the first answer.</summary>
    public DateTimeOffset LastRead => _lastRead ?? opened;

    /// <summary>True once a gateway answered.</summary>
    public bool HasRead => _lastRead is not null;

    /// <summary>Takes a gateway's answer in.</summary>
    public void Observe(string gateway, GatewayDocument document, DateTimeOffset now)
    {
        _lastRead = now;
        if (!_gateways.TryGetValue(gateway, out var books) || books.StartedAt != document.StartedAt)
        {
            var countsAreNew = document.StartedAt is { } started && now - GatewayBooks.Age(document, started) >= opened;
            _gateways[gateway] = books = new GatewayBooks(document.StartedAt, countsAreNew);
        }

        foreach (var (project, growth) in books.Read(document, now))
        {
            if (_grown.ContainsKey(project) || _grown.Count < MaxProjects)
            {
                _grown[project] = _grown.GetValueOrDefault(project).Plus(growth);
            }
        }
    }

    /// <summary>Only these live. What the others said last is kept for a while: one that was late with its Lease comes back.</summary>
    public void Keep(IReadOnlyCollection<string> live, DateTimeOffset now)
    {
        _live = live;
        foreach (var (gateway, books) in _gateways)
        {
            if (!live.Contains(gateway) && now - books.LastRead > Memory)
            {
                _gateways.Remove(gateway);
            }
        }
    }

    /// <summary>A project, by its id.</summary>
    public ProjectTraffic Of(string project, DateTimeOffset now)
    {
        var books = _live.Select(gateway => _gateways.GetValueOrDefault(gateway)?.Find(project)).OfType<GatewayBooks.Project>().ToList();
        return books.Count == 0 ? ProjectTraffic.None with { Grown = _grown.GetValueOrDefault(project) } : new ProjectTraffic(
            books.SelectMany(static book => book.Counters.Values).Aggregate(default(TrafficCounts), static (sum, counts) => sum.Plus(counts)),
            _grown.GetValueOrDefault(project),
            books.Max(static book => book.LastSeen))
        {
            Limits = Longest(books.SelectMany(static book => book.Limits).Where(limit => limit.Until > now)),
            IsRefused = books.Exists(static book => book.IsRefused),
        };
    }

    private static List<SeenLimit> Longest(IEnumerable<SeenLimit> limits) =>
    [
        .. limits.GroupBy(static limit => limit.Category, StringComparer.Ordinal)
            .Select(static same => same.MaxBy(static limit => limit.Until)! with { HoldsSpans = same.Any(static limit => limit.HoldsSpans) })
            .OrderBy(static limit => limit.Category, StringComparer.Ordinal),
    ];
}
