using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Cli.Tracing;

/// <summary>A service that has a route: which one holds the value, and what hinders it.</summary>
internal static class RouteSteps
{
    /// <summary>The route that data of the service go by; null when there is none.</summary>
    public static SentryProjectRoute? Holder(TraceInput input)
    {
        var claims = Claims(input);
        return claims.FirstOrDefault(static route => route.Status?.Conditions.IsConditionTrue("Accepted") == true) ?? (claims.Count > 0 ? claims[0] : null);
    }

    /// <summary>The route, its rivals and its conditions.</summary>
    public static IEnumerable<TraceStep> Of(TraceInput input, SentryProjectRoute route)
    {
        var conditions = route.Status?.Conditions;
        yield return TraceStep.Good($"route {ObjectKey.Of(route)}, {Origin(route)}", [.. Rivals(input, route), .. Mapping(input), .. Rewritten(route)]);
        if (route.Spec.Suspend)
        {
            yield return TraceStep.Bad("the route is suspended: data of the service are dropped and counted", "Set spec.suspend of the route to false.");
        }

        yield return ExporterSteps.Condition(conditions, "Accepted", "accepted");
        yield return ExporterSteps.Condition(conditions, "ProjectReady", $"project {route.Status?.Project?.Slug ?? route.Spec.Project?.Slug ?? "of a DSN"}");
        yield return GatewaySteps.Programmed(input, conditions);
        yield return conditions.FindCondition("RateLimited") switch
        {
            { Status: ConditionStatus.True } limit => TraceStep.Unsure($"limit: {limit.Message}", Cures.For(limit.Reason)),
            { Status: ConditionStatus.Unknown } unknown => TraceStep.Unsure($"limit: {unknown.Message}", Cures.For(unknown.Reason)),
            _ => TraceStep.Good("no limit of Sentry's is known"),
        };
    }

    private static List<SentryProjectRoute> Claims(TraceInput input) =>
        [.. input.Routes.Where(route => route.Spec.AttributeValue == input.Service && route.Metadata.DeletionTimestamp is null)];

    private static IEnumerable<TraceStep> Rivals(TraceInput input, SentryProjectRoute holder) => Claims(input)
        .Where(route => route.Metadata.Uid != holder.Metadata.Uid)
        .Select(route => TraceStep.Bad(
            $"route {ObjectKey.Of(route)}, {Origin(route)}, claims the same value and has no effect: {route.Status?.Conditions.FindCondition("Accepted")?.Message ?? "the oldest route holds it"}",
            "Delete one of the two routes."));

    private static IEnumerable<TraceStep> Mapping(TraceInput input) =>
        input.Exporter.Spec.Routing.AttributeToProjectMapping?.TryGetValue(input.Service, out var slug) == true
            ? [TraceStep.Info($"routing.attributeToProjectMapping names project {slug} for the value; the route goes before it")]
            : [];

    private static IEnumerable<TraceStep> Rewritten(SentryProjectRoute route) =>
        route.Status?.Origin is RouteOrigin.Discovered or RouteOrigin.Telemetry
        && route.Spec.Project?.Slug is { } slug && slug != route.Spec.AttributeValue
        && !ProjectSlug.IsValid(route.Spec.AttributeValue, out var why)
            ? [TraceStep.Info($"\"{route.Spec.AttributeValue}\" can not be a project's slug ({why}), so its project is {slug}")]
            : [];

    private static string Origin(SentryProjectRoute route) => route.Status?.Origin switch
    {
        RouteOrigin.Discovered => route.Metadata.Annotations?.TryGetValue(SentryOtelGroup.WorkloadsAnnotation, out var workloads) == true
            ? $"made by the operator for {workloads}"
            : "made by the operator for a workload",
        RouteOrigin.Telemetry => "made by the gateway from telemetry",
        _ => "written by a person",
    };
}
