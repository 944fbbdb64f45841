using System.Collections.Concurrent;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// What this process last wrote of each route. The cache may show an older state, from which a pass would take back what the pass before it
/// achieved; the leader is the only writer, so what it wrote is the truth.
/// </summary>
internal sealed class RouteMemory
{
    private readonly ConcurrentDictionary<ObjectKey, Entry> _entries = new();

    /// <summary>The route's status.</summary>
    public SentryProjectRouteStatus? StatusOf(SentryProjectRoute route) => Find(route)?.Status ?? route.Status;

    /// <summary>The create whose outcome is not known, if any, in whatever organisation.</summary>
    public RoutePendingCreate? PendingOf(SentryProjectRoute route) => Find(route) is { PendingKnown: true } entry ? entry.Pending : route.Status?.PendingCreate;

    /// <summary>The create whose outcome is not known, if any, in the exporter's organisation.</summary>
    public CreateIntent? IntentOf(SentryProjectRoute route, SentryExporter exporter) =>
        PendingOf(route) is { } pending && !OrganizationUrl.IsElsewhere(exporter, pending.OrganizationUrl) ? new CreateIntent(pending.Slug, pending.Time) : null;

    public void Remember(SentryProjectRoute route, SentryProjectRouteStatus status) => Put(route, entry => entry with { Status = status });

    public void Remember(SentryProjectRoute route, RoutePendingCreate? pending) => Put(route, entry => entry with { Pending = pending, PendingKnown = true });

    public void Forget(ObjectKey route) => _entries.TryRemove(route, out _);

    private Entry? Find(SentryProjectRoute route) =>
        _entries.TryGetValue(ObjectKey.Of(route), out var entry) && entry.Uid == route.Metadata.Uid ? entry : null;

    // One key is never worked on twice at the same time.
    private void Put(SentryProjectRoute route, Func<Entry, Entry> change) =>
        _entries[ObjectKey.Of(route)] = change(Find(route) ?? new Entry(route.Metadata.Uid, null, null, false));

    private sealed record Entry(string? Uid, SentryProjectRouteStatus? Status, RoutePendingCreate? Pending, bool PendingKnown);
}
