using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Routes;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>Turns routes into entries of a routing table: one per value, the holder's.</summary>
internal static class RouteEntries
{
    /// <summary>The entries of an exporter's routes, without generations.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="routes">All routes that name it.</param>
    /// <param name="rivals">The routes of each exporter that shares its gateway: a value is one route's, whichever exporter that names.</param>
    public static IReadOnlyList<RouteEntry> Of(
        SentryExporter exporter, IEnumerable<SentryProjectRoute> routes, params IEnumerable<(SentryExporter Exporter, IReadOnlyList<SentryProjectRoute> Routes)> rivals)
    {
        var claims = rivals
            .SelectMany(static rival => rival.Routes.Where(route => route.Metadata.DeletionTimestamp is null && Refusal(rival.Exporter, route) is null))
            .GroupBy(static route => route.Spec.AttributeValue, StringComparer.Ordinal)
            .ToDictionary(static claims => claims.Key, static claims => claims.Min(RouteClaims.Precedence)!, StringComparer.Ordinal);
        return
        [
            .. routes
                .Where(static route => route.Metadata.DeletionTimestamp is null)
                .GroupBy(static route => route.Spec.AttributeValue, StringComparer.Ordinal)
                .Select(own => Of(exporter, Holder(exporter, [.. own.Order(RouteClaims.Precedence)]), claims.GetValueOrDefault(own.Key)))
                .OrderBy(static entry => entry.Value, StringComparer.Ordinal),
        ];
    }

    // A route that may not attach must not keep out a younger one that may.
    private static SentryProjectRoute Holder(SentryExporter exporter, IReadOnlyList<SentryProjectRoute> claims) =>
        claims.FirstOrDefault(route => Refusal(exporter, route) is null) ?? claims[0];

    private static RouteEntry Of(SentryExporter exporter, SentryProjectRoute route, SentryProjectRoute? rival)
    {
        var entry = new RouteEntry
        {
            Value = route.Spec.AttributeValue,
            Route = $"{route.Metadata.Namespace}/{route.Metadata.Name}",
            RateLimit = route.Spec.RateLimit is { } limit ? new RouteLimits(limit.ItemsPerSecond, limit.BytesPerSecond) : null,
        };
        if (route.Spec.Suspend)
        {
            return entry with { State = RouteState.Rejected, Reason = "Suspended" };
        }

        if (Refusal(exporter, route) is { } refusal)
        {
            return entry with { State = RouteState.Rejected, Reason = refusal };
        }

        if (rival is not null && RouteClaims.Precedence.Compare(rival, route) < 0)
        {
            return entry with { State = RouteState.Rejected, Reason = "Conflict" };
        }

        // What is known stays in force while Sentry's API is away; the route's controller clears it when the project is gone.
        return Target(exporter, route) is { } target
            ? entry with { State = RouteState.Active, Target = target }
            : entry with { State = RouteState.Pending, Reason = Find(route.Status?.Conditions, "ProjectReady")?.Reason ?? "Pending" };
    }

    /// <summary>Reason of a refusal that this exporter's conditions state; a conflict is none, since claims are settled here.</summary>
    private static string? Refusal(SentryExporter exporter, SentryProjectRoute route)
    {
        var parent = route.Status?.Exporters?.FirstOrDefault(status =>
            status.Namespace == exporter.Metadata.Namespace && status.Name == exporter.Metadata.Name);
        return Find(parent?.Conditions, "Accepted") is { Status: "False", Reason: not "Conflict" } accepted ? accepted.Reason : null;
    }

    private static RouteTarget? Target(SentryExporter exporter, SentryProjectRoute route) => route.Status?.Project switch
    {
        { Id: { Length: > 0 } id, PublicKey: { Length: > 0 } key, Endpoints: { Traces: { } traces, Logs: { } logs } } project => new RouteTarget
        {
            ProjectId = id,
            ProjectSlug = project.Slug ?? id,
            PublicKey = key,
            TracesEndpoint = traces,
            LogsEndpoint = logs,

            // A project that is known by its DSN may be anybody's.
            Organization = route.Spec.DsnSecretRef is null ? exporter.Spec.OrgSlug : null,
        },
        _ => null,
    };

    private static V1Condition? Find(List<V1Condition>? conditions, string type) => conditions?.Find(condition => condition.Type == type);
}
