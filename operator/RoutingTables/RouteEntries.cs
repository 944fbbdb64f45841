using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;
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
            .SelectMany(static rival => rival.Routes.Where(route => Concerns(rival.Exporter, route) && Refusal(rival.Exporter, route) is null))
            .GroupBy(RouteClaims.ValueOf, StringComparer.Ordinal)
            .ToDictionary(static claims => claims.Key, static claims => claims.Min(RouteClaims.Precedence)!, StringComparer.Ordinal);
        return
        [
            .. routes
                .Where(route => Concerns(exporter, route))
                .GroupBy(RouteClaims.ValueOf, StringComparer.Ordinal)
                .Select(own => Of(exporter, Holder(exporter, [.. own.Order(RouteClaims.Precedence)]), claims.GetValueOrDefault(own.Key)))
                .OrderBy(static entry => entry.Value, StringComparer.Ordinal),
        ];
    }

    /// <summary>The route of an entry; null when it has none.</summary>
    public static ObjectKey? RouteOf(RouteEntry entry) => entry.Route?.Split('/', 2) is [var space, var name] ? new ObjectKey(space, name) : null;

    // Whoever has not the exporter's consent has no say in what becomes of a value, and takes no room in the table. A route of another namespace counts from when it was let in.
    private static bool Concerns(SentryExporter exporter, SentryProjectRoute route) => route.Metadata.DeletionTimestamp is null
        && (Accepted(exporter, route) is { } verdict ? verdict.Reason != RouteReasons.NotAllowedByExporter : route.Metadata.Namespace == exporter.Metadata.Namespace);

    // A route that may not attach must not keep out a younger one that may.
    private static SentryProjectRoute Holder(SentryExporter exporter, IReadOnlyList<SentryProjectRoute> claims) =>
        claims.FirstOrDefault(route => Refusal(exporter, route) is null) ?? claims[0];

    private static RouteEntry Of(SentryExporter exporter, SentryProjectRoute route, SentryProjectRoute? rival)
    {
        var entry = new RouteEntry
        {
            Value = RouteClaims.ValueOf(route),
            Route = $"{route.Metadata.Namespace}/{route.Metadata.Name}",
            Rationed = AutoCreationQuota.Counts(exporter, route) ? true : null,
            RateLimit = route.Spec.RateLimit is { } limit ? new RouteLimits(limit.ItemsPerSecond, limit.BytesPerSecond) : null,
            Weight = route.Spec.Weight,
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
        if (Target(exporter, route) is { } target)
        {
            return entry with { State = RouteState.Active, Target = target };
        }

        // What an exporter's own bounds keep out would wait in vain, and take the room of services that do not.
        var reason = Find(route.Status?.Conditions, RouteReasons.ProjectReadyType)?.Reason ?? RouteReasons.Pending;
        var isKeptOut = reason is RouteReasons.MaxAutoCreatedReached or RouteReasons.ServiceNotAllowed;
        return entry with { State = isKeptOut ? RouteState.Rejected : RouteState.Pending, Reason = reason };
    }

    /// <summary>Reason of a refusal that this exporter's conditions state; a conflict is none, since claims are settled here.</summary>
    private static string? Refusal(SentryExporter exporter, SentryProjectRoute route)
    {
        if (RouteClaims.FindForbiddenChange(route) is [_, ..])
        {
            // The change is refused, not the route.
            return null;
        }

        return Accepted(exporter, route) is { Status: "False", Reason: not "Conflict" } accepted ? accepted.Reason : null;
    }

    private static V1Condition? Accepted(SentryExporter exporter, SentryProjectRoute route) => Find(
        route.Status?.Exporters?.Find(status => status.Namespace == exporter.Metadata.Namespace && status.Name == exporter.Metadata.Name)?.Conditions, RouteReasons.AcceptedType);

    private static RouteTarget? Target(SentryExporter exporter, SentryProjectRoute route) => route.Status?.Project switch
    {
        { Id: { Length: > 0 } id, PublicKey: { Length: > 0 } key, Endpoints: { Traces: { } traces, Logs: { } logs } } project => new RouteTarget
        {
            ProjectId = id,
            ProjectSlug = project.Slug ?? id,
            PublicKey = key,
            TracesEndpoint = traces,
            LogsEndpoint = logs,

            // A project that is named by its DSN may belong to another organisation, whose limits are none of this one's.
            Organization = route.Spec.DsnSecretRef is null ? exporter.Spec.OrgSlug : null,
        },
        _ => null,
    };

    private static V1Condition? Find(List<V1Condition>? conditions, string type) => conditions?.Find(condition => condition.Type == type);
}
