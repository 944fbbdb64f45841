using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Gateways;

/// <summary>Which exporters share a gateway: all of a namespace that say so. The oldest is its host.</summary>
/// <param name="exporters">The cached exporters.</param>
internal sealed class SharedGateways(IStore<SentryExporter> exporters)
{
    /// <summary>Orders exporters as routes are: the oldest first, then by name.</summary>
    public static IComparer<SentryExporter> Precedence { get; } = Comparer<SentryExporter>.Create(static (left, right) =>
    {
        var byAge = Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp);
        return byAge != 0 ? byAge : string.CompareOrdinal(left.Metadata.Name, right.Metadata.Name);
    });

    /// <summary>Whether an exporter has its data go through a shared gateway; one on its way out does not any more.</summary>
    public static bool Shares(SentryExporter exporter) => exporter.Spec.Gateway.Shared && exporter.Metadata.DeletionTimestamp is null;

    /// <summary>The exporters that share the gateway of a namespace, the host first; none when nobody does.</summary>
    public IReadOnlyList<SentryExporter> In(string @namespace) => [.. exporters.ByNamespace(@namespace).Where(Shares).Order(Precedence)];

    /// <summary>The exporters whose data go through the gateway of this one, the host first: itself alone unless it shares.</summary>
    public IReadOnlyList<SentryExporter> SharersOf(SentryExporter exporter) =>
        Shares(exporter) && In(exporter.Metadata.Namespace!) is { Count: > 0 } sharers ? sharers : [exporter];

    /// <summary>The same by key: that key alone for an exporter that shares no gateway, or is not there.</summary>
    public IEnumerable<ObjectKey> SharersOf(ObjectKey exporter) =>
        exporters.Get(exporter) is { } known && Shares(known) ? KeysIn(exporter.Namespace) : [exporter];

    /// <summary>The other exporters that share its gateway and mean the same by a value.</summary>
    public IEnumerable<SentryExporter> RivalsOf(SentryExporter exporter) => SharersOf(exporter).Where(other =>
        other.Metadata.Name != exporter.Metadata.Name && other.Spec.Routing.ProjectFromAttribute == exporter.Spec.Routing.ProjectFromAttribute);

    /// <summary>Those whose children a shared gateway's children may be: hosts come and go.</summary>
    public GatewayOwners OwnersIn(string @namespace) => GatewayOwners.Of(exporters.ByNamespace(@namespace).Select(static exporter => exporter.Metadata.Uid!));

    /// <summary>Changes of an exporter that concern those that it shares a gateway with, or did until now.</summary>
    public static EventPredicate<SentryExporter> SharingChanged() => new(
        create: static exporter => exporter.Spec.Gateway.Shared,
        update: static (before, after) => (before.Spec.Gateway.Shared || after.Spec.Gateway.Shared)
            && (before.Metadata.Generation != after.Metadata.Generation || before.Metadata.DeletionTimestamp != after.Metadata.DeletionTimestamp),
        delete: static exporter => exporter.Spec.Gateway.Shared);

    /// <summary>Keys of the exporters that share the gateway of a namespace.</summary>
    public IEnumerable<ObjectKey> KeysIn(string? @namespace) => @namespace is null ? [] : In(@namespace).Select(static exporter => ObjectKey.Of(exporter));
}
