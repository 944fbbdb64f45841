using System.Collections.Frozen;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Routing;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>
/// A routing table made ready for look-ups: every answer is there before it is asked for, and a new value is held against an index, so that a look-up costs the same
/// however many routes there are. Immutable; another table takes its place as a whole.
/// </summary>
internal sealed class LoadedTable
{
    private readonly RoutingTable _table;
    private readonly SlugPolicy _policy;
    private readonly FrozenDictionary<string, RouteAnswer> _answers;
    private readonly FrozenDictionary<string, (RouteTarget Target, int Weight)> _queues;

    // From slug to the first value that is rewritten to it, and whether there are others.
    private readonly Dictionary<string, (string First, bool HasOthers)> _rewritten = new(StringComparer.Ordinal);

    public LoadedTable(RoutingTable table)
    {
        _table = table;
        _policy = table.SlugPolicy == "normalize" ? SlugPolicy.Normalize : SlugPolicy.Strict;
        foreach (var value in _policy == SlugPolicy.Normalize ? table.Routes.Select(static route => route.Value).Where(static value => !ProjectSlug.IsValid(value, out _)) : [])
        {
            var slug = SlugResolver.Normalize(value);
            _rewritten[slug] = _rewritten.TryGetValue(slug, out var known) ? (known.First, true) : (value, false);
        }

        _answers = table.Routes.ToFrozenDictionary(static route => route.Value, AnswerOf, StringComparer.Ordinal);
        _queues = table.Routes
            .Where(static route => route.Target is not null)
            .Select(static route => (Target: route.Target!, Weight: route.Weight ?? RoutingConfiguration.UsualWeight))
            .Concat(table.Fallback is { } fallback ? [(fallback, RoutingConfiguration.UsualWeight)] : [])
            .GroupBy(static route => QueueOf(route.Target), StringComparer.Ordinal)
            .ToFrozenDictionary(static routes => routes.Key, static routes => (routes.First().Target, routes.Max(static route => route.Weight)), StringComparer.Ordinal);
        Rationed = table.Routes.Count(static route => route.Rationed == true) + table.LeftSlugs.Count;
        Missing = table is { UsesFallback: true, Fallback: { } target } ? RouteAnswer.Active(RouteTo(target)) : null;
    }

    public long Generation => _table.Generation;

    public string Attribute => _table.RoutingAttribute;

    /// <summary>Routes, and projects that they left, that count for <c>projects.max_auto_created</c>.</summary>
    public int Rationed { get; }

    /// <summary>Whether a project of that slug is counted already, and its route is gone: whoever comes for it takes no other's place.</summary>
    public bool IsLeft(string slug) => _table.LeftSlugs.Contains(slug);

    /// <summary>Where data without the attribute go; null when they go nowhere.</summary>
    public RouteAnswer? Missing { get; }

    /// <summary>Values whose data flow, with their queues.</summary>
    public IEnumerable<(string Value, string Queue)> Services =>
        from pair in _answers
        let route = pair.Value.Route
        where route is not null
        select (pair.Key, route.Queue);

    /// <summary>What the table says of a value; null when nothing.</summary>
    public RouteAnswer? Find(string value) => _answers.TryGetValue(value, out var answer) ? answer : null;

    /// <summary>Whether the table has an entry of the value.</summary>
    public bool Holds(string value) => _answers.ContainsKey(value);

    public RouteTarget? TargetOf(string queue) => _queues.TryGetValue(queue, out var found) ? found.Target : null;

    public int WeightOf(string queue) => _queues.TryGetValue(queue, out var found) ? found.Weight : RoutingConfiguration.UsualWeight;

    /// <summary>The slug of a value; or why there is none.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isTaken">Whether a value that is not in the table yet has the slug.</param>
    /// <param name="slug">The slug; empty when there is none.</param>
    /// <param name="error">Why; empty when there is one.</param>
    public bool TrySlug(string value, Func<string, bool> isTaken, out string slug, out string error)
    {
        var found = SlugResolver.TryResolve(value, _policy, wanted => IsTaken(wanted, value) || isTaken(wanted), out var chosen, out var why);
        (slug, error) = (chosen ?? string.Empty, why ?? string.Empty);
        return found;
    }

    /// <summary>A value of the table that is this slug or is rewritten to it; null when there is none.</summary>
    public string? HolderOf(string slug) => _table.Find(slug) is not null ? slug : _rewritten.TryGetValue(slug, out var holders) ? holders.First : null;

    // A project that is known by its DSN alone has its id for a slug, and another server may have the same id.
    private static string QueueOf(RouteTarget target)
    {
        if (target.ProjectSlug != target.ProjectId)
        {
            return target.ProjectSlug;
        }

        var traces = new Uri(target.TracesEndpoint);
        return DsnRoutes.QueueOf(new Uri(traces, traces.AbsolutePath[..(traces.AbsolutePath.LastIndexOf("/api/", StringComparison.Ordinal) + 1)]), target.ProjectId);
    }

    private static Route RouteTo(RouteTarget target) => new(QueueOf(target), target);

    private RouteAnswer AnswerOf(RouteEntry entry) => entry switch
    {
        { State: RouteState.Active, Target: { } target } => RouteAnswer.Active(RouteTo(target) with { Limits = entry.RateLimit }),
        { State: RouteState.Rejected } => RouteAnswer.None(ReasonOf(entry), $"the service's route is rejected: {entry.Reason ?? "no reason given"}"),
        _ => RouteAnswer.Wait(TrySlug(entry.Value, static _ => false, out var slug, out _) ? slug : Accounts.Others),
    };

    // The operator's own bounds have the names that the gateway gives them when it refuses a service itself.
    private static RejectReason ReasonOf(RouteEntry entry) => entry.Reason switch
    {
        "ServiceNotAllowed" => RejectReason.NotAllowed,
        "MaxAutoCreatedReached" => RejectReason.TooManyServices,
        _ => RejectReason.NoProject,
    };

    private bool IsTaken(string slug, string value) =>
        (slug != value && _table.Find(slug) is not null) || (_rewritten.TryGetValue(slug, out var holders) && (holders.HasOthers || holders.First != value));
}
