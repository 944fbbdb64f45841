using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing.Standalone;

/// <summary>
/// Holds what is known against what Sentry lists, for what no answer of ingest tells: Relay goes on to say 2xx for minutes after a project was deleted or a key changed.
/// </summary>
internal sealed class CatalogComparison(Func<ExporterConfiguration> exporter, string organization, ProjectTable table, ProjectLookups lookups, CreationQuota quota, MonotonicClock clock)
{
    /// <param name="catalog">What Sentry lists.</param>
    /// <param name="listedAt">When the list was begun: it says nothing of what was looked up since.</param>
    public void Apply(ProjectCatalog catalog, TimeSpan listedAt)
    {
        quota.Observe(catalog.CreatedBy(exporter().Id), listedAt);
        lock (table.Gate)
        {
            foreach (var entry in table.Entries.Where(entry => !entry.IsBusy && (entry.CheckedAt is null || entry.CheckedAt <= listedAt)).ToArray())
            {
                // Who has the slug now comes first; who had it follows its rename.
                var id = entry.Route?.Target.ProjectId;
                var project = catalog.FindBySlug(entry.Slug) ?? (id is null ? null : catalog.FindById(id));
                if (project is not null)
                {
                    Take(entry.Slug, project, catalog, entry.Route?.Target);
                }
                else if (entry.Route is not null && entry.CheckedAt + ProjectLookups.RecheckInterval <= clock.Now)
                {
                    // Made after the list was read, or gone: the look-up tells.
                    lookups.Start(entry);
                }
            }

            foreach (var project in catalog.Projects.Where(project => table.OfSlug(project.Slug) is null))
            {
                Take(project.Slug, project, catalog, inUse: null);
            }
        }
    }

    private void Take(string slug, SentryProject project, ProjectCatalog catalog, RouteTarget? inUse)
    {
        if (ProjectKeyChoice.Choose(catalog.KeysOf(project.Id), inUse: inUse?.PublicKey) is { } key
            && OtlpEndpoints.TryFromKey(key, exporter().IngestUrl, out var endpoints, out _))
        {
            table.Settle(slug, LookupVerdicts.Target(organization, project.Id, project.Slug, key.Public, endpoints));
        }
    }
}
