using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>
/// Compiles an exporter's routing table and keeps count of its changes: the table's generation grows with every change, an entry's is the
/// one at which that entry last changed. So a gateway that has loaded generation 7 serves every entry of generation 7 or less, and one new
/// route shakes no other.
/// </summary>
internal static class RoutingTableCompiler
{
    /// <summary>Longest document; a ConfigMap may hold 1 MiB, all keys and metadata together.</summary>
    public const int MaxSliceBytes = 900 * 1024;

    /// <summary>The table's slices; the very ones of <paramref name="previous"/> when nothing changed.</summary>
    /// <param name="settings">What holds for the whole table.</param>
    /// <param name="entries">The routes; their generations are ignored.</param>
    /// <param name="previous">The slices in force; none for a new table.</param>
    /// <param name="maxSliceBytes">Longest document.</param>
    public static IReadOnlyList<RoutingTableSlice> Compile(
        RoutingTableSettings settings,
        IReadOnlyList<RouteEntry> entries,
        IReadOnlyList<RoutingTableSlice> previous,
        int maxSliceBytes = MaxSliceBytes)
    {
        var before = previous.SelectMany(static slice => slice.Routes).ToDictionary(static entry => entry.Value, StringComparer.Ordinal);
        var generation = previous.Count == 0 ? 1 : previous.Max(static slice => slice.Generation) + 1;
        var stamped = entries
            .Select(entry => before.TryGetValue(entry.Value, out var old) && entry with { Generation = old.Generation } == old
                ? old
                : entry with { Generation = generation })
            .ToList();
        if (IsWhole(previous)
            && previous.All(slice => RoutingTableSettings.Of(slice) == settings)
            && stamped.Count == before.Count
            && stamped.All(entry => entry.Generation != generation))
        {
            return previous;
        }

        var template = new RoutingTableSlice
        {
            Exporter = settings.Exporter,
            Generation = generation,
            RoutingAttribute = settings.RoutingAttribute,
            OnMissingAttribute = settings.OnMissingAttribute,
            SlugPolicy = settings.SlugPolicy,
            Fallback = settings.Fallback,
        };
        return RoutingTable.Split(template, stamped, maxSliceBytes);
    }

    // A slice that somebody deleted, or a write of several that was cut short.
    private static bool IsWhole(IReadOnlyList<RoutingTableSlice> slices) =>
        slices.Count > 0
        && slices.All(slice => slice.SliceCount == slices.Count && slice.Generation == slices[0].Generation)
        && slices.Select(static slice => slice.SliceIndex).Order().SequenceEqual(Enumerable.Range(0, slices.Count));
}
