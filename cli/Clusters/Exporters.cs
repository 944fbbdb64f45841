using SentryOtel.Cli.CommandLine;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Clusters;

/// <summary>Which exporters a command is about, and which routes are theirs.</summary>
internal static class Exporters
{
    /// <summary>The exporter of a name, or all of them.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static IReadOnlyList<SentryExporter> Choose(IReadOnlyList<SentryExporter> exporters, string? name, string? @namespace)
    {
        var where = @namespace is null ? "any namespace" : $"namespace {@namespace}";
        var chosen = name is null ? exporters : [.. exporters.Where(exporter => exporter.Metadata.Name == name)];
        if (chosen.Count > 0)
        {
            return chosen;
        }

        throw new CliException(exporters.Count == 0
            ? $"there is no SentryExporter in {where}: name another with --namespace, or look at all with --all-namespaces"
            : $"there is no SentryExporter {name} in {where}; there is {string.Join(", ", exporters.Select(static exporter => ObjectKey.Of(exporter)))}");
    }

    /// <summary>The exporter that a route names.</summary>
    public static ObjectKey Of(SentryProjectRoute route) =>
        new(route.Spec.ExporterRef.Namespace ?? route.Metadata.Namespace, route.Spec.ExporterRef.Name);

    /// <summary>The routes of an exporter, by service; of several claims of one value the holder first, which is the oldest.</summary>
    public static IReadOnlyList<SentryProjectRoute> RoutesOf(SentryExporter exporter, IEnumerable<SentryProjectRoute> routes) =>
    [
        .. routes.Where(route => Of(route) == ObjectKey.Of(exporter))
            .OrderBy(static route => route.Spec.AttributeValue, StringComparer.Ordinal)
            .ThenBy(static route => route.Metadata.CreationTimestamp)
            .ThenBy(static route => route.Metadata.Namespace, StringComparer.Ordinal)
            .ThenBy(static route => route.Metadata.Name, StringComparer.Ordinal),
    ];
}
