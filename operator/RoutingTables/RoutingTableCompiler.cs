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
    /// <param name="previous">The slices in force, in whatever state a write left them; none for a new table.</param>
    /// <param name="firstGeneration">
    /// Least generation of a table that is new or has lost slices: more than any that the lost ones can have had, or else gateways would take it for
    /// one they have.
    /// </param>
    /// <param name="maxSliceBytes">Longest document.</param>
    /// <exception cref="ArgumentException">The routes do not fit.</exception>
    public static IReadOnlyList<RoutingTableSlice> Compile(
        RoutingTableSettings settings,
        IReadOnlyList<RouteEntry> entries,
        IReadOnlyList<RoutingTableSlice> previous,
        long firstGeneration = 1,
        int maxSliceBytes = MaxSliceBytes)
    {
        var whole = IsWhole(previous);
        var generation = previous.Select(static slice => slice.Generation).DefaultIfEmpty().Max() + 1;
        if (!whole && generation < firstGeneration)
        {
            generation = firstGeneration;
        }

        var before = Entries(previous);
        var stamped = entries
            .Select(entry => before.TryGetValue(entry.Value, out var old) && entry with { Generation = old.Generation } == old
                ? old
                : entry with { Generation = generation })
            .ToList();
        if (whole
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
            LeftSlugs = settings.LeftSlugs,
        };
        return RoutingTable.Split(template, stamped, maxSliceBytes);
    }

    // A value is in two slices when a write that cut the table anew was cut short itself: the younger entry is what counts. Equal generations
    // mean equal entries.
    private static Dictionary<string, RouteEntry> Entries(IReadOnlyList<RoutingTableSlice> slices)
    {
        var entries = new Dictionary<string, RouteEntry>(StringComparer.Ordinal);
        foreach (var entry in slices.SelectMany(static slice => slice.Routes))
        {
            if (!entries.TryGetValue(entry.Value, out var other) || other.Generation < entry.Generation)
            {
                entries[entry.Value] = entry;
            }
        }

        return entries;
    }

    // Otherwise somebody deleted a slice, or a write of several was cut short.
    private static bool IsWhole(IReadOnlyList<RoutingTableSlice> slices) =>
        slices.Count > 0
        && slices.All(slice => slice.SliceCount == slices.Count && slice.Generation == slices[0].Generation)
        && slices.Select(static slice => slice.SliceIndex).Order().SequenceEqual(Enumerable.Range(0, slices.Count));
}
