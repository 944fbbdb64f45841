using System.Text;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>A ConfigMap of a routing table, read.</summary>
/// <param name="Map">The ConfigMap.</param>
/// <param name="Slice">What it holds; null when that can not be used.</param>
/// <param name="Error">Why not: the field that is wrong.</param>
internal sealed record StoredSlice(V1ConfigMap Map, RoutingTableSlice? Slice, string? Error)
{
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
