using SentryOtel.Crds;
using SentryOtel.Operator.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>What a routing table says about the exporter as a whole.</summary>
/// <param name="Exporter">Namespace and name, <c>ns/name</c>.</param>
/// <param name="RoutingAttribute">The resource attribute routed on.</param>
/// <param name="OnMissingAttribute"><c>drop</c> or <c>fallback</c>.</param>
/// <param name="SlugPolicy"><c>strict</c> or <c>normalize</c>.</param>
/// <param name="Fallback">The fallback project's way in, once it is known.</param>
/// <param name="LeftSlugs">Slugs of projects that count though their route is gone, in ordinal order; null for none.</param>
internal sealed record RoutingTableSettings(
    string Exporter, string RoutingAttribute, string OnMissingAttribute, string SlugPolicy, RouteTarget? Fallback, IReadOnlyList<string>? LeftSlugs = null)
{
    /// <summary>The settings of an exporter.</summary>
    public static RoutingTableSettings Of(SentryExporter exporter, RouteTarget? fallback)
    {
        var routing = exporter.Spec.Routing;
        return new RoutingTableSettings(
            $"{exporter.Metadata.Namespace}/{exporter.Metadata.Name}",
            routing.ProjectFromAttribute,
            routing.OnMissingAttribute == MissingAttributePolicy.Fallback ? "fallback" : "drop",
            routing.SlugPolicy == Crds.SlugPolicy.Normalize ? "normalize" : "strict",
            fallback,
            LeftProjects.NotedOf(exporter) is { Count: > 0 } left ? [.. left.Order(StringComparer.Ordinal)] : null);
    }

    /// <summary>The settings that a slice was compiled from.</summary>
    public static RoutingTableSettings Of(RoutingTableSlice slice) =>
        new(slice.Exporter, slice.RoutingAttribute, slice.OnMissingAttribute, slice.SlugPolicy, slice.Fallback, slice.LeftSlugs);

    /// <inheritdoc/>
    public bool Equals(RoutingTableSettings? other) => other is not null
        && (Exporter, RoutingAttribute, OnMissingAttribute, SlugPolicy, Fallback) == (other.Exporter, other.RoutingAttribute, other.OnMissingAttribute, other.SlugPolicy, other.Fallback)
        && (LeftSlugs ?? []).SequenceEqual(other.LeftSlugs ?? [], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Exporter, RoutingAttribute, OnMissingAttribute, SlugPolicy, Fallback, LeftSlugs?.Count ?? 0);
}
