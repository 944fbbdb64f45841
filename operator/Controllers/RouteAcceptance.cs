using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Controllers;

/// <summary>Whether an exporter takes a route. Decided from the caches alone.</summary>
/// <param name="routes">All routes, by exporter.</param>
/// <param name="sharing">Which exporters share a gateway: there a value is one route's, whichever of them it names.</param>
/// <param name="namespaces">Labels of namespaces, for exporters that select by them; null where the operator may not list namespaces: it knows their names then.</param>
internal sealed class RouteAcceptance(RouteIndex routes, SharedGateways sharing, IStore<V1NamespaceMetadata>? namespaces)
{
    /// <summary>The other routes that claim the same value of the same gateway: what happens to one concerns the others.</summary>
    public IEnumerable<ObjectKey> RivalsOf(SentryProjectRoute route) => sharing.SharersOf(RouteClaims.ExporterOf(route))
        .SelectMany(sharer => routes.Claiming(sharer, RouteClaims.ValueOf(route)))
        .Select(static other => ObjectKey.Of(other))
        .Where(other => other != ObjectKey.Of(route));

    /// <summary>Decides.</summary>
    public AcceptanceVerdict Of(SentryProjectRoute route, SentryExporter? exporter)
    {
        if (Refuse(route, exporter) is { } refused)
        {
            return refused;
        }

        var value = RouteClaims.ValueOf(route);
        IEnumerable<SentryExporter> claimants = [exporter!, .. sharing.RivalsOf(exporter!)];
        var claims = claimants.SelectMany(claimant => routes.Claiming(ObjectKey.Of(claimant), value).Where(other => other.Metadata.Uid != route.Metadata.Uid && MayHold(other, claimant)));
        var winner = RouteClaims.Winner(claims, value);
        return winner is null || RouteClaims.Precedence.Compare(route, winner) < 0
            ? new AcceptanceVerdict(true, RouteReasons.Accepted, "the exporter takes the route")
            : new AcceptanceVerdict(
                false, RouteReasons.Conflict, $"route {winner.Metadata.Namespace}/{winner.Metadata.Name} is older and has the same attributeValue{Through(winner, route)}");
    }

    private static string Through(SentryProjectRoute winner, SentryProjectRoute route) =>
        RouteClaims.ExporterOf(winner) == RouteClaims.ExporterOf(route) ? "" : $"; SentryExporter {RouteClaims.ExporterOf(winner)} shares the gateway";

    // What somebody tried to change stays in force.
    private bool MayHold(SentryProjectRoute route, SentryExporter exporter) =>
        IsAllowed(route, exporter) && (RouteClaims.FindForbiddenChange(route) is [_, ..] || Refuse(route, exporter) is null);

    private AcceptanceVerdict? Refuse(SentryProjectRoute route, SentryExporter? exporter)
    {
        var key = RouteClaims.ExporterOf(route);
        if (exporter is { Metadata.DeletionTimestamp: null } && !IsAllowed(route, exporter))
        {
            // Before all else: only this reason keeps a route from concerning others.
            return new AcceptanceVerdict(
                false,
                RouteReasons.NotAllowedByExporter,
                $"SentryExporter {key} takes no routes from namespace {route.Metadata.Namespace}: see its allowedRoutes.namespaces");
        }

        if (SentryProjectRouteValidator.Validate(route.Spec) is [_, ..] errors)
        {
            return new AcceptanceVerdict(false, RouteReasons.InvalidSpec, string.Join("; ", errors));
        }

        if (RouteClaims.FindForbiddenChange(route) is [_, ..] changes)
        {
            return new AcceptanceVerdict(
                false,
                RouteReasons.InvalidSpec,
                $"{string.Join("; ", changes)}. Data of \"{RouteClaims.ValueOf(route)}\" go on by SentryExporter {RouteClaims.ExporterOf(route)} as before");
        }

        return exporter switch
        {
            null => new AcceptanceVerdict(false, RouteReasons.ExporterNotFound, $"there is no SentryExporter {key}: create it, or name another in exporterRef"),
            { Metadata.DeletionTimestamp: not null } => new AcceptanceVerdict(false, RouteReasons.ExporterDeleting, $"SentryExporter {key} is being deleted"),
            _ => null,
        };
    }

    private bool IsAllowed(SentryProjectRoute route, SentryExporter exporter)
    {
        var allowed = exporter.Spec.AllowedRoutes.Namespaces;
        return route.Metadata.Namespace == exporter.Metadata.Namespace
            || allowed.From == NamespacesFrom.All
            || (allowed is { From: NamespacesFrom.Selector, Selector: { } selector }
                && LabelSelection.Matches(selector, LabelsOf(route.Metadata.Namespace!)));
    }

    // The server itself gives every namespace the label that says its name.
    private IDictionary<string, string>? LabelsOf(string @namespace) => namespaces is null
        ? new Dictionary<string, string>(StringComparer.Ordinal) { ["kubernetes.io/metadata.name"] = @namespace }
        : namespaces.Get(new ObjectKey(null, @namespace))?.Metadata.Labels;
}

/// <summary>Whether an exporter takes a route, as the condition Accepted says it.</summary>
internal sealed record AcceptanceVerdict(bool IsAccepted, string Reason, string Message);
