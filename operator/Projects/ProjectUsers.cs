using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Projects;

/// <summary>Who else sends to a project: routes and fallbacks of any exporter of the organisation.</summary>
/// <param name="exporters">All exporters.</param>
/// <param name="routes">All routes.</param>
internal sealed class ProjectUsers(IStore<SentryExporter> exporters, IStore<SentryProjectRoute> routes)
{
    /// <summary>Names one, for people; null when there is none.</summary>
    /// <param name="route">The route that goes.</param>
    /// <param name="exporter">Its exporter; null when that is gone.</param>
    /// <param name="project">Its project as far as it is known.</param>
    public string? FindOther(SentryProjectRoute route, SentryExporter? exporter, RouteProjectStatus? project)
    {
        if (routes.List().FirstOrDefault(other => IsOther(route, exporter, project, other)) is { } sharer)
        {
            return $"route {ObjectKey.Of(sharer)}";
        }

        return exporter is not null
            && exporters.List().FirstOrDefault(other => IsNamed(route, project, other.Spec.Routing.FallbackProject) && IsSameOrganization(exporter, other)) is { } fallback
            ? $"routing.fallbackProject of SentryExporter {ObjectKey.Of(fallback)}"
            : null;
    }

    private bool IsOther(SentryProjectRoute route, SentryExporter? exporter, RouteProjectStatus? project, SentryProjectRoute other)
    {
        if (other.Metadata.Uid == route.Metadata.Uid || other.Metadata.DeletionTimestamp is not null || RouteClaims.IsKeptOut(other))
        {
            return false;
        }

        // An id is one server's, which its ingest address tells for a project that is known by a DSN alone.
        var hasId = project?.Id is { Length: > 0 } id && other.Status?.Project?.Id == id;
        return (hasId && project!.Endpoints?.Traces is { } traces && other.Status!.Project!.Endpoints?.Traces == traces)
            || ((hasId || IsNamed(route, project, other.Spec.Project?.Slug)) && IsSameOrganization(route, exporter, other));
    }

    // The wished slug as well as the present one: Sentry goes on to answer to a slug that a project once had.
    private static bool IsNamed(SentryProjectRoute route, RouteProjectStatus? project, string? slug) =>
        slug is not null && (slug == route.Spec.Project?.Slug || slug == project?.Slug);

    private bool IsSameOrganization(SentryProjectRoute route, SentryExporter? exporter, SentryProjectRoute other)
    {
        var key = RouteClaims.ExporterOf(other);
        return key == RouteClaims.ExporterOf(route) || (exporter is not null && exporters.Get(key) is { } theirs && IsSameOrganization(exporter, theirs));
    }

    private static bool IsSameOrganization(SentryExporter left, SentryExporter right) =>
        OrganizationUrl.Of(left) is { } organization && organization == OrganizationUrl.Of(right);
}
