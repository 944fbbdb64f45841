using System.Collections.Frozen;
using System.Text;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>A ConfigMap of a routing table, read.</summary>
internal sealed class StoredSlice
{
    private readonly Lazy<FrozenDictionary<string, RouteEntry>> _entries;

    private StoredSlice(V1ConfigMap map, RoutingTableSlice? slice, string? error)
    {
        (Map, Slice, Error) = (map, slice, error);
        _entries = new(() => (Slice?.Routes ?? []).ToFrozenDictionary(static entry => entry.Value, StringComparer.Ordinal));
    }

    /// <summary>The ConfigMap.</summary>
    public V1ConfigMap Map { get; }

    /// <summary>What it holds; null when that can not be used.</summary>
    public RoutingTableSlice? Slice { get; }

    /// <summary>Why it can not be used: the field that is wrong.</summary>
    public string? Error { get; }

    /// <summary>The slice's entry of a value, or null.</summary>
    public RouteEntry? Find(string value) => _entries.Value.GetValueOrDefault(value);

    /// <summary>Reads a ConfigMap of an exporter's table; whatever somebody has made of it, this does not throw.</summary>
    public static StoredSlice Read(V1ConfigMap map, ObjectKey exporter)
    {
        if (map.Data?.TryGetValue(RoutingTableJson.DocumentKey, out var document) != true)
        {
            return new StoredSlice(map, null, $"data: the key {RoutingTableJson.DocumentKey} is missing");
        }

        if (!RoutingTableJson.TryParse(Encoding.UTF8.GetBytes(document!), out var slice, out var error))
        {
            return new StoredSlice(map, null, error);
        }

        if (slice.Exporter != exporter.ToString())
        {
            return new StoredSlice(map, null, $"exporter: not {exporter}");
        }

        return RoutingTableNames.Of(exporter.Name, slice.SliceIndex) == map.Metadata.Name
            ? new StoredSlice(map, slice, null)
            : new StoredSlice(map, null, $"sliceIndex: {slice.SliceIndex} belongs into another ConfigMap");
    }
}
