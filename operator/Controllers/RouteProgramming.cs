using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Controllers;

/// <summary>
/// Whether every running gateway has loaded a route. Gateways say which generation of the routing table they serve on a Lease of their own; the
/// table says in which generation the route last changed.
/// </summary>
internal sealed class RouteProgramming(RoutingTableStore tables, GatewayLeases gateways)
{
    /// <summary>Annotation of a gateway's Lease: generation of the routing table that it serves.</summary>
    public const string GenerationAnnotation = SentryOtelGroup.Group + "/routing-table-generation";

    /// <summary>Decides.</summary>
    /// <param name="route">The route.</param>
    /// <param name="exporter">Its exporter.</param>
    /// <param name="project">The project that the route shall send to; null when there is none.</param>
    public ProgrammingVerdict Of(SentryProjectRoute route, SentryExporter exporter, RouteProjectStatus? project)
    {
        var entry = tables.Find(exporter, RouteClaims.ValueOf(route));
        var pending = exporter.Status?.Conditions.FindCondition(ExporterStatus.ProjectsSynced)?.Reason is { } reason && RoutingTableReasons.IsHeldUp(reason)
            ? new ProgrammingVerdict(false, reason, "the routing table can not be written: see condition ProjectsSynced of the exporter")
            : new ProgrammingVerdict(false, RouteReasons.Pending, "the routing table does not have the route yet");
        if (entry is null || entry.Route != $"{route.Metadata.Namespace}/{route.Metadata.Name}")
        {
            return pending;
        }

        if (entry.State != RouteState.Active && pending.Reason != RouteReasons.Pending && project is not null && !route.Spec.Suspend)
        {
            return pending;
        }

        if (entry.State != RouteState.Active)
        {
            return new ProgrammingVerdict(false, entry.Reason ?? RouteReasons.Pending, "the routing table holds the route back");
        }

        if (project is null || entry.Target?.PublicKey != project.PublicKey || entry.Target?.ProjectId != project.Id)
        {
            return pending.Reason == RouteReasons.Pending ? pending with { Message = "the routing table does not have the project as it is now yet" } : pending;
        }

        var serving = gateways.Live(exporter).Select(GenerationOf).ToList();
        return serving switch
        {
            [] => new ProgrammingVerdict(false, RouteReasons.GatewayNotReporting, "no running gateway has reported which routing table it serves"),
            _ when serving.Exists(generation => generation < entry.Generation) =>
                new ProgrammingVerdict(false, RouteReasons.Pending, "not every running gateway has loaded the route yet"),
            _ => new ProgrammingVerdict(true, RouteReasons.Programmed, "every running gateway serves the route"),
        };
    }

    /// <summary>The generation on a Lease; -1 when it has none, which no entry has either.</summary>
    public static long GenerationOf(V1Lease lease) =>
        lease.Metadata.Annotations?.TryGetValue(GenerationAnnotation, out var text) == true
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? generation
            : -1;
}

/// <summary>Whether the gateways serve a route, as the condition Programmed says it.</summary>
internal sealed record ProgrammingVerdict(bool IsProgrammed, string Reason, string Message);
