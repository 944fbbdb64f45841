namespace SentryOtel.Operator.Traffic;

/// <summary>What one process of a gateway said last. Its clock does not matter: times in its document are taken relative to the document's own.</summary>
/// <param name="startedAt">When its counts began; null when it does not tell.</param>
/// <param name="countsAreNew">All that it counts came after the ledger was opened.</param>
internal sealed class GatewayBooks(DateTimeOffset? startedAt, bool countsAreNew)
{
    private const string Traces = "traces";
    private const string Logs = "logs";
    private const string RateLimited = "rate_limited";

    // A limit's end is computed anew with each answer: so much apart it is the same.
    private static readonly TimeSpan SameEnd = TimeSpan.FromSeconds(5);

    // Bounds for what comes over the network: Sentry's longest limit is a day.
    private static readonly TimeSpan LongestHold = TimeSpan.FromDays(2);
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(3650);

    // What a document can hold, and renames: one that names others each time shall not fill the memory.
    private const int MaxProjects = 20_000;
    private const int MaxCounters = 100;

    private readonly Dictionary<string, Project> _projects = new(StringComparer.Ordinal);

    public DateTimeOffset? StartedAt { get; } = startedAt;

    public DateTimeOffset LastRead { get; private set; }

    /// <summary>How long before its document a gateway puts a moment.</summary>
    public static TimeSpan Age(GatewayDocument document, DateTimeOffset moment) =>
        TimeSpan.FromTicks(Math.Clamp((document.At - moment).Ticks, 0, LongestAge.Ticks));

    /// <summary>Takes a document in; says per project what it adds.</summary>
    public IEnumerable<(string Project, TrafficCounts Growth)> Read(GatewayDocument document, DateTimeOffset now)
    {
        LastRead = now;
        var before = _projects.ToDictionary(static project => project.Key, static project => project.Value.Limits, StringComparer.Ordinal);
        foreach (var project in _projects.Values)
        {
            (project.Limits, project.IsRefused) = ([], false);
        }

        var growth = new List<(string, TrafficCounts)>();
        foreach (var queue in (document.Exporters ?? []).SelectMany(static exporter => exporter.Routes ?? []).Where(static queue => queue.Signal is Traces or Logs))
        {
            var key = queue.ProjectId is { Length: > 0 } id ? id : queue.Project;
            if (!_projects.TryGetValue(key, out var project))
            {
                if (_projects.Count >= MaxProjects)
                {
                    continue;
                }

                _projects[key] = project = new Project();
            }

            Hold(project, queue, before.GetValueOrDefault(key, []), now);
            if (!queue.CountsShared)
            {
                project.LastSeen = Later(project.LastSeen, queue.LastSeen is { } seen ? now - Age(document, seen) : null);
                growth.Add((key, Count(project, queue)));
            }
        }

        return growth;
    }

    /// <summary>A project's counts, and what holds it back; null when the gateway never spoke of it.</summary>
    public Project? Find(string project) => _projects.GetValueOrDefault(project);

    private TrafficCounts Count(Project project, GatewayQueue queue)
    {
        var counts = new TrafficCounts(queue.Accepted, queue.Sent, queue.Dropped?.Values.Aggregate(0L, TrafficCounts.Sum) ?? 0);
        var known = project.Counters.TryGetValue((queue.Project, queue.Signal), out var last);
        if (!known && project.Counters.Count >= MaxCounters)
        {
            return default;
        }

        project.Counters[(queue.Project, queue.Signal)] = counts;
        return known
            ? counts.HasFallenFrom(last) ? counts : counts.Since(last)
            // Of what is older nobody knows how much of it was told before.
            : countsAreNew ? counts : default;
    }

    private static void Hold(Project project, GatewayQueue queue, IReadOnlyList<SeenLimit> before, DateTimeOffset now)
    {
        project.IsRefused |= queue is { Signal: Traces, Hold: "project_rejected" or "forbidden" };
        if (queue is { Hold: RateLimited, Limit: { } limit, HeldForSeconds: > 0 })
        {
            var ends = WholeSecond(now + TimeSpan.FromSeconds(Math.Min(queue.HeldForSeconds, LongestHold.TotalSeconds)));
            var same = before.FirstOrDefault(known => known.Category == limit.Category && (known.Until - ends).Duration() <= SameEnd);
            project.Limits = [.. project.Limits, new SeenLimit(limit.Category, limit.Scope, same?.Until ?? ends, queue.Signal == Traces)];
        }
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset time) =>
        new((time.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) => left is null || right > left ? right ?? left : left;

    /// <summary>One project in one gateway.</summary>
    internal sealed class Project
    {
        /// <summary>Last counts by slug and signal: what a renamed project counts goes on under another slug. Queues that are idle are not told, and keep theirs.</summary>
        public Dictionary<(string Slug, string Signal), TrafficCounts> Counters { get; } = [];

        public DateTimeOffset? LastSeen { get; set; }

        public IReadOnlyList<SeenLimit> Limits { get; set; } = [];

        public bool IsRefused { get; set; }
    }
}
