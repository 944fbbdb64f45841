using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Controllers.RouteWakes;

/// <summary>Wakes the routes whose entry in a routing table changed, and no others: a table is written once a second while routes come up.</summary>
/// <param name="tables">Reads tables.</param>
/// <param name="wake">Wakes the second pass of a route.</param>
internal sealed class TableNews(RoutingTableStore tables, Action<ObjectKey> wake) : IInformerHandler<V1ConfigMap>
{
    /// <inheritdoc/>
    public void OnAdd(V1ConfigMap entity, bool isInInitialList)
    {
        // Every route is looked at when the operator begins.
        if (!isInInitialList)
        {
            Wake(tables.EntriesOf(entity));
        }
    }

    /// <inheritdoc/>
    public void OnUpdate(V1ConfigMap oldEntity, V1ConfigMap newEntity)
    {
        if (ReferenceEquals(oldEntity, newEntity))
        {
            return;
        }

        var before = tables.EntriesOf(oldEntity).ToDictionary(static entry => entry.Value, StringComparer.Ordinal);
        foreach (var entry in tables.EntriesOf(newEntity))
        {
            if (before.Remove(entry.Value, out var old) && old == entry)
            {
                continue;
            }

            Wake(old is null ? [entry] : [entry, old]);
        }

        Wake(before.Values);
    }

    /// <inheritdoc/>
    public void OnDelete(V1ConfigMap entity, bool finalStateUnknown) => Wake(tables.EntriesOf(entity));

    private void Wake(IEnumerable<RouteEntry> entries)
    {
        foreach (var route in entries.Select(static entry => RouteEntries.RouteOf(entry)).OfType<ObjectKey>().Distinct())
        {
            wake(route);
        }
    }
}
