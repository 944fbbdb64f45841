using System.Text;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>The ConfigMaps that hold the slices of a routing table.</summary>
internal static class RoutingTableMaps
{
    private const string NameLabel = "app.kubernetes.io/name";
    private const string ComponentLabel = "app.kubernetes.io/component";
    private const string ManagedByLabel = "app.kubernetes.io/managed-by";
    private const string Name = "sentry-otel-gateway";
    private const string Component = "routing-table";
    private const string ManagedBy = "sentry-otel-operator";

    /// <summary>Selects the ConfigMaps of one exporter's table.</summary>
    public static string SelectorOf(SentryExporter exporter) =>
        $"{ComponentLabel}={Component},{SentryOtelGroup.ExporterLabel}={Naming.LabelValue(exporter.Metadata.Name!)}";

    /// <summary>Whether a ConfigMap says that it is part of a table.</summary>
    public static bool IsTable(V1ConfigMap map) =>
        map.Metadata.Labels?.TryGetValue(ComponentLabel, out var component) == true && component == Component;

    /// <summary>The ConfigMap of a slice.</summary>
    public static V1ConfigMap Of(SentryExporter exporter, RoutingTableSlice slice) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = RoutingTableNames.Of(exporter.Metadata.Name!, slice.SliceIndex),
            Namespace = exporter.Metadata.Namespace,
            Labels = Labels(exporter),
            OwnerReferences =
            [
                new V1OwnerReference
                {
                    ApiVersion = exporter.ApiVersion,
                    Kind = exporter.Kind,
                    Name = exporter.Metadata.Name!,
                    Uid = exporter.Metadata.Uid!,
                    Controller = true,
                    BlockOwnerDeletion = true,
                },
            ],
        },
        Data = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [RoutingTableJson.DocumentKey] = Encoding.UTF8.GetString(RoutingTableJson.Serialize(slice)),
        },
    };

    /// <summary>Whether the exporter controls the ConfigMap; only then may it be written.</summary>
    public static bool IsOwned(V1ConfigMap map, SentryExporter exporter) =>
        map.Metadata.OwnerReferences?.Any(owner => owner.Controller == true && owner.Uid == exporter.Metadata.Uid) == true;

    /// <summary>Whether the ConfigMap has the labels it is found by.</summary>
    public static bool IsLabelled(V1ConfigMap map, SentryExporter exporter) =>
        Labels(exporter).All(label => map.Metadata.Labels?.TryGetValue(label.Key, out var value) == true && value == label.Value);

    private static Dictionary<string, string> Labels(SentryExporter exporter) => new(StringComparer.Ordinal)
    {
        [NameLabel] = Name,
        [ComponentLabel] = Component,
        [ManagedByLabel] = ManagedBy,
        [SentryOtelGroup.ExporterLabel] = Naming.LabelValue(exporter.Metadata.Name!),
    };
}
