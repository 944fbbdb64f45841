using System.Runtime.CompilerServices;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>The routing tables as they are cached, which may lag behind what was written.</summary>
/// <param name="informer">ConfigMaps, those of routing tables among them.</param>
internal sealed class RoutingTableStore(Informer<V1ConfigMap> informer)
{
    // A document may be long and is needed on every pass; the cache's objects never change.
    private readonly ConditionalWeakTable<V1ConfigMap, StoredSlice> _read = [];

    /// <summary>Where the ConfigMaps are cached.</summary>
    public Informer<V1ConfigMap> Informer => informer;

    /// <summary>The store over an informer of the host that caches whatever was made for exporters.</summary>
    /// <param name="host">The host.</param>
    /// <param name="namespaces">Namespaces to watch; empty for all.</param>
    public static RoutingTableStore AddTo(OperatorHostBuilder host, IReadOnlyList<string> namespaces) => new(host.Informer(
        new InformerOptions<V1ConfigMap> { Namespaces = namespaces, LabelSelector = SentryOtelGroup.ExporterLabel }));

    /// <summary>The ConfigMaps that an exporter owns, read.</summary>
    public IReadOnlyList<StoredSlice> Of(SentryExporter exporter)
    {
        var key = ObjectKey.Of(exporter);
        return
        [
            .. informer.Store.ByOwner(exporter.Metadata.Uid!)
                .Where(map => map.Metadata.Namespace == key.Namespace && RoutingTableMaps.IsTable(map))
                .Select(map => _read.GetValue(map, unread => StoredSlice.Read(unread, key))),
        ];
    }

    /// <summary>The entries of a ConfigMap, of whatever exporter; none when it can not be used.</summary>
    public IReadOnlyList<RouteEntry> EntriesOf(V1ConfigMap map) =>
        RoutingTableMaps.IsTable(map) && map.Metadata.OwnerReferences?.FirstOrDefault(static owner => owner.Controller == true) is { } owner
            ? _read.GetValue(map, unread => StoredSlice.Read(unread, new ObjectKey(unread.Metadata.Namespace, owner.Name))).Slice?.Routes ?? []
            : [];

    /// <summary>The entry of a value in the exporter's table; null when it has none.</summary>
    public RouteEntry? Find(SentryExporter exporter, string value) =>
        Of(exporter).Select(stored => stored.Find(value)).OfType<RouteEntry>().MaxBy(static entry => entry.Generation);
}
