using System.Collections.Concurrent;
using SentryOtel.Operator.Credentials;
using SentryOtel.Sentry.Catalogs;

namespace SentryOtel.Operator.Projects;

/// <summary>What is known of the projects of each organisation. Exporters with the same credentials and settings share it.</summary>
internal sealed class ProjectCatalogs : IDisposable
{
    private readonly ConcurrentDictionary<string, OrganizationCatalog> _byConnection = new(StringComparer.Ordinal);

    /// <summary>The catalogue of a connection to an organisation.</summary>
    public OrganizationCatalog Of(ExporterConnection connection, TimeProvider timeProvider)
    {
        var catalog = _byConnection.GetOrAdd(connection.Fingerprint, static (_, made) => new OrganizationCatalog(made.Api, made.timeProvider), (Api: connection.Api!, timeProvider));

        // Each exporter has a client of its own, which ends with it.
        catalog.Use(connection.Api!);
        return catalog;
    }

    /// <summary>Forgets what no exporter needs any more.</summary>
    public void Keep(IReadOnlySet<OrganizationCatalog> needed)
    {
        foreach (var (connection, catalog) in _byConnection)
        {
            if (!needed.Contains(catalog))
            {
                _byConnection.TryRemove(new(connection, catalog));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var catalog in _byConnection.Values)
        {
            catalog.Dispose();
        }
    }
}
