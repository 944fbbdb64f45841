using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;

namespace SentryOtel.Operator.Routes;

/// <summary>
/// Who holds a value of the routing attribute when several routes of one exporter claim it: the oldest, then the first by namespace and name,
/// as Gateway API decides between routes.
/// </summary>
internal static class RouteClaims
{
    /// <summary>The exporter a route belongs to: once accepted, the one that accepted it.</summary>
    public static ObjectKey ExporterOf(SentryProjectRoute route) => BoundExporter(route) ?? AskedExporter(route);

    /// <summary>The value that a route claims: once accepted, the one it was accepted with.</summary>
    public static string ValueOf(SentryProjectRoute route) => IsBound(route) ? route.Status!.AttributeValue! : route.Spec.AttributeValue;

    /// <summary>
    /// What is wrong with a change of what is fixed. Servers before 1.25 let it through; here it has no effect, as if it had been refused: data go on as before.
    /// </summary>
    public static IReadOnlyList<FieldError> FindForbiddenChange(SentryProjectRoute route)
    {
        if (BoundExporter(route) is not { } exporter || (exporter == AskedExporter(route) && route.Status!.AttributeValue == route.Spec.AttributeValue))
        {
            return [];
        }

        var spec = new SentryProjectRouteSpec
        {
            ExporterRef = exporter == AskedExporter(route) ? route.Spec.ExporterRef : new ExporterReference { Name = exporter.Name, Namespace = exporter.Namespace },
            AttributeValue = route.Status!.AttributeValue!,
        };
        return [.. SentryProjectRouteValidator.ValidateUpdate(spec, route.Spec).Except(SentryProjectRouteValidator.Validate(route.Spec))];
    }

    private static bool IsBound(SentryProjectRoute route) => route.Status is { AttributeValue.Length: > 0, Exporters: [_, ..] };

    private static ObjectKey? BoundExporter(SentryProjectRoute route) =>
        IsBound(route) ? new ObjectKey(route.Status!.Exporters![0].Namespace, route.Status.Exporters[0].Name) : null;

    private static ObjectKey AskedExporter(SentryProjectRoute route) => new(route.Spec.ExporterRef.Namespace ?? route.Metadata.Namespace, route.Spec.ExporterRef.Name);

    /// <summary>Whether the exporter does not take routes from its namespace: such a route concerns nobody else. One that was not judged yet is none.</summary>
    public static bool IsKeptOut(SentryProjectRoute route) =>
        route.Status?.Conditions.FindCondition(RouteReasons.AcceptedType) is { Status: ConditionStatus.False, Reason: RouteReasons.NotAllowedByExporter };

    /// <summary>The route that holds <paramref name="value"/>, or null. Routes on their way out claim nothing.</summary>
    public static SentryProjectRoute? Winner(IEnumerable<SentryProjectRoute> routes, string value) =>
        routes.Where(route => ValueOf(route) == value && route.Metadata.DeletionTimestamp is null).Order(Precedence).FirstOrDefault();

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
