using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Sentry.Catalogs;

/// <summary>Compares what an owner knows of its project with what the last look at the organisation told.</summary>
internal static class CatalogDrift
{
    /// <summary>Whether a pass would find something else.</summary>
    public static bool IsThere(OrganizationCatalog catalog, ProvisionRequest request, OtlpEndpoints? endpoints)
    {
        var wanted = catalog.Entries.Find(request.Slug);
        if (request.Known is not { } known)
        {
            return wanted is not null;
        }

        // Gone, renamed, or somebody has taken the slug that a renamed one left.
        if (catalog.Entries.Find(known.Id) is not { } entry || entry.Project.Slug != known.Slug || (wanted is not null && wanted.Project.Id != known.Id))
        {
            return true;
        }

        return IsOutOfLine(request, known, entry.Project)
            || (entry.Keys is { } keys ? HasOtherKey(request, known, keys, endpoints) : !catalog.ListsNoKeys);
    }

    private static bool HasOtherKey(ProvisionRequest request, KnownProject known, IReadOnlyList<ProjectKey> keys, OtlpEndpoints? endpoints)
    {
        var inUse = keys.FirstOrDefault(key => string.Equals(key.Public, known.PublicKey, StringComparison.OrdinalIgnoreCase));
        return inUse is null
            || (known.Created && !keys.Any(key => OwnershipMarker.IsOurs(key, request.Owner)))
            || (endpoints is not null && OtlpEndpoints.TryFromKey(inUse, request.IngestUrl, out var present, out _) && present != endpoints);
    }

    private static bool IsOutOfLine(ProvisionRequest request, KnownProject known, SentryProject project) =>
        (known.Created || request.Adoption == AdoptionPolicy.Adopt)
        && ((request.Platform is { Length: > 0 } platform && platform != project.Platform)
            || (request.Team is { Length: > 0 } team && project.Teams is { } teams && teams.All(owner => owner.Slug != team)));
}
