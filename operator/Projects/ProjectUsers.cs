using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Routes;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Operator.Projects;

/// <summary>Who else sends to a project: routes, fallbacks and DSNs of any exporter.</summary>
/// <param name="exporters">All exporters.</param>
/// <param name="routes">All routes.</param>
/// <param name="dsnOf">Reads the DSN of an exporter that has one; null when it can not be read.</param>
internal sealed class ProjectUsers(
    IStore<SentryExporter> exporters, IStore<SentryProjectRoute> routes, Func<SentryExporter, CancellationToken, Task<Dsn?>> dsnOf)
{
    /// <summary>Names one, for people; null when there is none.</summary>
    /// <param name="route">The route that goes.</param>
    /// <param name="exporter">Its exporter; null when that is gone.</param>
    /// <param name="project">Its project as far as it is known.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<string?> FindOtherAsync(SentryProjectRoute route, SentryExporter? exporter, RouteProjectStatus? project, CancellationToken cancellationToken)
    {
        if (routes.List().FirstOrDefault(other => IsOther(route, exporter, project, other)) is { } sharer)
        {
            return $"route {ObjectKey.Of(sharer)}";
        }

        if (exporter is null)
        {
            return null;
        }

        if (exporters.List().FirstOrDefault(other => IsNamed(route, project, other.Spec.Routing.FallbackProject) && IsSameOrganization(exporter, other)) is { } fallback)
        {
            return $"routing.fallbackProject of SentryExporter {ObjectKey.Of(fallback)}";
        }

        foreach (var other in exporters.List().Where(static other => other.Spec.DsnSecretRef is not null))
        {
            if (await dsnOf(other, cancellationToken).ConfigureAwait(false) is { } dsn && IsOf(dsn, exporter, project))
            {
                return $"dsnSecretRef of SentryExporter {ObjectKey.Of(other)}";
            }
        }

        return null;
    }

    private bool IsOther(SentryProjectRoute route, SentryExporter? exporter, RouteProjectStatus? project, SentryProjectRoute other)
    {
        if (other.Metadata.Uid == route.Metadata.Uid || other.Metadata.DeletionTimestamp is not null || RouteClaims.IsKeptOut(other))
        {
            return false;
        }

        var hasId = project?.Id is { Length: > 0 } id && other.Status?.Project?.Id == id;
        return (hasId && IsAtSameIngest(exporter, project!, other)) || ((hasId || IsNamed(route, project, other.Spec.Project?.Slug)) && IsSameOrganization(route, exporter, other));
    }

    // An id is one server's, which its key or its ingest address tells for a project that is known by a DSN alone. Where an exporter sends elsewhere than Sentry says, the id has to do.
    private bool IsAtSameIngest(SentryExporter? exporter, RouteProjectStatus project, SentryProjectRoute other)
    {
        var theirs = other.Status!.Project!;
        return (project.Endpoints?.Traces is { } traces && theirs.Endpoints?.Traces == traces)
            || (project.PublicKey is { } key && theirs.PublicKey == key)
            || (other.Spec.DsnSecretRef is not null
                && (project.Endpoints is null || exporter?.Spec.Ingest?.UrlOverride is not null || exporters.Get(RouteClaims.ExporterOf(other))?.Spec.Ingest?.UrlOverride is not null));
    }

    // The wished slug as well as the present one: Sentry goes on to answer to a slug that a project once had.
    private static bool IsNamed(SentryProjectRoute route, RouteProjectStatus? project, string? slug) =>
        slug is not null && (slug == route.Spec.Project?.Slug || slug == project?.Slug);

    private bool IsSameOrganization(SentryProjectRoute route, SentryExporter? exporter, SentryProjectRoute other)
    {
        var key = RouteClaims.ExporterOf(other);
        return key == RouteClaims.ExporterOf(route) || (exporter is not null && exporters.Get(key) is { } theirs && IsSameOrganization(exporter, theirs));
    }

    // Ids and slugs are one server's, which may have several names: what its API says of itself is the same under all of them.
    private static bool IsSameOrganization(SentryExporter left, SentryExporter right) =>
        (OrganizationUrl.Of(left) is { } organization && organization == OrganizationUrl.Of(right))
        || (left.Status?.Organization is { Id.Length: > 0, RegionUrl.Length: > 0 } known
            && right.Status?.Organization is { } other && (known.Id, known.RegionUrl) == (other.Id, other.RegionUrl));

    // Where the exporter sends its data elsewhere than Sentry says, the address tells nothing: the id has to do.
    private static bool IsOf(Dsn dsn, SentryExporter exporter, RouteProjectStatus? project) => dsn.ProjectId == project?.Id
        && (exporter.Spec.Ingest?.UrlOverride is not null
            || project.Endpoints?.Traces is not { } traces
            || !Uri.TryCreate(traces, UriKind.Absolute, out var address)
            || address.Authority == OtlpEndpoints.FromDsn(dsn).Traces.Authority);
}
