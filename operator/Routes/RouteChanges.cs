using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;

namespace SentryOtel.Operator.Routes;

/// <summary>Which changes of a route concern others.</summary>
internal static class RouteChanges
{
    /// <summary>All but what gateways count and how Sentry limits them: with many routes that changes all the time.</summary>
    public static EventPredicate<SentryProjectRoute> BesideTraffic() => EventPredicates.DesiredStateChanged<SentryProjectRoute>()
        .Or(new EventPredicate<SentryProjectRoute>(update: static (before, after) => !JsonNode.DeepEquals(WithoutTraffic(before.Status), WithoutTraffic(after.Status))));

    private static JsonNode? WithoutTraffic(SentryProjectRouteStatus? status) => status is null ? null : JsonSerializer.SerializeToNode(
        new SentryProjectRouteStatus
        {
            ObservedGeneration = status.ObservedGeneration,
            Conditions = Lasting(status.Conditions),
            Exporters = status.Exporters?
                .ConvertAll(static exporter => new RouteExporterStatus { Namespace = exporter.Namespace, Name = exporter.Name, Conditions = Lasting(exporter.Conditions) }),
            AttributeValue = status.AttributeValue,
            Project = status.Project,
            Origin = status.Origin,
        },
        CrdJsonContext.Default.SentryProjectRouteStatus);

    private static List<V1Condition>? Lasting(List<V1Condition>? conditions) =>
        conditions?.FindAll(static condition => condition.Type != RouteReasons.RateLimitedType);
}
