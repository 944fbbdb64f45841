using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Routes;

/// <summary>
/// Who holds a value of the routing attribute when several routes of one exporter claim it: the oldest, then the first by namespace and name,
/// as Gateway API decides between routes.
/// </summary>
internal static class RouteClaims
{
    /// <summary>The exporter a route belongs to.</summary>
    public static ObjectKey ExporterOf(SentryProjectRoute route) =>
        new(route.Spec.ExporterRef.Namespace ?? route.Metadata.Namespace, route.Spec.ExporterRef.Name);

    /// <summary>The route that holds <paramref name="value"/>, or null. Routes on their way out claim nothing.</summary>
    public static SentryProjectRoute? Winner(IEnumerable<SentryProjectRoute> routes, string value) =>
        routes.Where(route => route.Spec.AttributeValue == value && route.Metadata.DeletionTimestamp is null).Order(Precedence).FirstOrDefault();

    /// <summary>Orders claims of one value, the holder first.</summary>
    public static IComparer<SentryProjectRoute> Precedence { get; } = Comparer<SentryProjectRoute>.Create(static (left, right) =>
    {
        var byAge = Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp);
        if (byAge != 0)
        {
            return byAge;
        }

        var byNamespace = string.CompareOrdinal(left.Metadata.Namespace, right.Metadata.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(left.Metadata.Name, right.Metadata.Name);
    });
}
