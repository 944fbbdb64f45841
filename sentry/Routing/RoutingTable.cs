using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace SentryOtel.Sentry.Routing;

/// <summary>A whole routing table, immutable: look-ups by the routing attribute's value.</summary>
public sealed class RoutingTable
{
    private const int MaxSlices = 4096;

    private readonly FrozenDictionary<string, RouteEntry> _routes;

    private RoutingTable(RoutingTableSlice head, long generation, FrozenDictionary<string, RouteEntry> routes)
    {
        Exporter = head.Exporter;
        Generation = generation;
        RoutingAttribute = head.RoutingAttribute;
        UsesFallback = head.OnMissingAttribute == "fallback";
        SlugPolicy = head.SlugPolicy;
        Fallback = head.Fallback;
        LeftSlugs = (head.LeftSlugs ?? []).ToFrozenSet(StringComparer.Ordinal);
        _routes = routes;
    }

    /// <summary>Namespace and name of the exporter.</summary>
    public string Exporter { get; }

    /// <summary>The smallest generation of the slices: every change up to it is in this table.</summary>
    public long Generation { get; }

    /// <summary>The resource attribute that is routed on.</summary>
    public string RoutingAttribute { get; }

    /// <summary>True when data without the attribute go to <see cref="Fallback"/> instead of being dropped.</summary>
    public bool UsesFallback { get; }

    /// <summary><c>strict</c> or <c>normalize</c>.</summary>
    public string SlugPolicy { get; }

    /// <summary>Where data without the attribute go.</summary>
    public RouteTarget? Fallback { get; }

    /// <summary>Slugs of projects that count for <c>projects.max_auto_created</c> though their route is gone.</summary>
    public IReadOnlySet<string> LeftSlugs { get; }

    /// <summary>All entries.</summary>
    public IReadOnlyCollection<RouteEntry> Routes => _routes.Values;

    /// <summary>The entry of a value, or null.</summary>
    public RouteEntry? Find(string value) => _routes.GetValueOrDefault(value);

    /// <summary>
    /// Puts a table together. Fails, with the reason in <paramref name="error"/>, while slices are missing or belong to different cuts:
    /// the reader then keeps the table it has.
    /// </summary>
    public static bool TryCombine(
        IReadOnlyCollection<RoutingTableSlice> slices,
        [NotNullWhen(true)] out RoutingTable? table,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(slices);
        table = null;
        var ordered = slices.OrderBy(static slice => slice.SliceIndex).ToArray();
        error = ordered.Length == 0 ? "no slice" : ordered.Select(RoutingTableCheck.FindError).FirstOrDefault(static found => found is not null);
        if (error is not null)
        {
            return false;
        }

        var head = ordered[0];
        if (ordered.FirstOrDefault(slice => slice.SliceCount != head.SliceCount) is { } other)
        {
            error = $"sliceCount: slice {head.SliceIndex} says {head.SliceCount}, slice {other.SliceIndex} says {other.SliceCount}";
        }
        else if (ordered.Any(slice => slice.Exporter != head.Exporter))
        {
            error = "exporter: the slices belong to different exporters";
        }
        else if (!ordered.Select(static slice => slice.SliceIndex).SequenceEqual(Enumerable.Range(0, head.SliceCount)))
        {
            error = $"sliceIndex: {string.Join(", ", ordered.Select(static slice => slice.SliceIndex))} of {head.SliceCount} are there";
        }
        else
        {
            // Settings may change between the writing of two slices: the newest slice has the newest settings.
            var newest = ordered.MaxBy(static slice => slice.Generation)!;
            table = new RoutingTable(
                newest,
                ordered.Min(static slice => slice.Generation),
                ordered.SelectMany(static slice => slice.Routes).ToFrozenDictionary(static entry => entry.Value, StringComparer.Ordinal));
            return true;
        }

        return false;
    }

    /// <summary>
    /// Cuts entries into slices none of which is longer than <paramref name="maxBytes"/> as a document. The number of slices is a power of two, so that
    /// a table that grows is cut anew seldom.
    /// </summary>
    /// <param name="template">Gives every field but the routes, the index and the count.</param>
    /// <param name="entries">All routes, each value once.</param>
    /// <param name="maxBytes">Longest document; a ConfigMap holds somewhat less than 1 MiB.</param>
    /// <exception cref="ArgumentException">An entry or the whole does not fit, or a value is there twice.</exception>
    public static IReadOnlyList<RoutingTableSlice> Split(RoutingTableSlice template, IEnumerable<RouteEntry> entries, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(template);
        var ordered = entries.OrderBy(static entry => entry.Value, StringComparer.Ordinal).ToArray();
        var overhead = RoutingTableJson.Serialize(template with { Routes = [], SliceIndex = int.MaxValue, SliceCount = int.MaxValue }).Length;
        var sizes = ordered.Select(static entry => RoutingTableJson.SizeOf(entry) + 1).ToArray();
        for (var i = 0; i < ordered.Length; i++)
        {
            if (overhead + sizes[i] > maxBytes)
            {
                throw new ArgumentException($"The route of value \"{ordered[i].Value}\" alone is longer than {maxBytes} bytes.", nameof(entries));
            }

            if (i > 0 && ordered[i].Value == ordered[i - 1].Value)
            {
                throw new ArgumentException($"The value \"{ordered[i].Value}\" is there twice.", nameof(entries));
            }
        }

        var count = 1;
        while (!Fits(ordered, sizes, count, maxBytes - overhead))
        {
            count *= 2;
            if (count > MaxSlices)
            {
                throw new ArgumentException($"The routes do not fit {MaxSlices} documents of {maxBytes} bytes.", nameof(entries));
            }
        }

        var routes = ordered.ToLookup(entry => SliceOf(entry.Value, count));
        return [.. Enumerable.Range(0, count).Select(index => template with { SliceIndex = index, SliceCount = count, Routes = [.. routes[index]] })];
    }

    /// <summary>The slice that a value belongs to: FNV-1a of its UTF-8 form, modulo the number of slices.</summary>
    public static int SliceOf(string value, int sliceCount)
    {
        ArgumentNullException.ThrowIfNull(value);
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        return (int)(hash % (uint)sliceCount);
    }

    private static bool Fits(RouteEntry[] entries, int[] sizes, int count, int room)
    {
        var used = new long[count];
        for (var i = 0; i < entries.Length; i++)
        {
            if ((used[SliceOf(entries[i].Value, count)] += sizes[i]) > room)
            {
                return false;
            }
        }

        return true;
    }
}
