using System.Collections.Frozen;
using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Projects;

/// <summary>
/// All projects of an organisation with their active keys, read with two lists instead of one call per project.
/// </summary>
public sealed class ProjectCatalog
{
    private readonly FrozenDictionary<string, SentryProject> _byId;
    private readonly FrozenDictionary<string, SentryProject> _bySlug;
    private readonly ILookup<string, ProjectKey> _keys;

    private ProjectCatalog(IReadOnlyList<SentryProject> projects, IEnumerable<ProjectKey> keys)
    {
        _byId = projects.ToFrozenDictionary(static project => project.Id, StringComparer.Ordinal);
        _bySlug = projects.DistinctBy(static project => project.Slug).ToFrozenDictionary(static project => project.Slug, StringComparer.Ordinal);
        _keys = keys.ToLookup(static key => key.ProjectId, StringComparer.Ordinal);
    }

    /// <summary>Every project that the token sees.</summary>
    public IReadOnlyCollection<SentryProject> Projects => _byId.Values;

    /// <summary>A project by its present slug.</summary>
    public SentryProject? FindBySlug(string slug) => _bySlug.GetValueOrDefault(slug);

    /// <summary>A project by its id.</summary>
    public SentryProject? FindById(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The active keys of a project.</summary>
    public IEnumerable<ProjectKey> KeysOf(string projectId) => _keys[projectId];

    /// <summary>Ids of the projects that an owner created, by the client key that marks them.</summary>
    public IEnumerable<string> CreatedBy(string owner) =>
        _keys.Where(keys => keys.Any(key => OwnershipMarker.IsOurs(key, owner))).Select(static keys => keys.Key);

    /// <summary>
    /// Reads the catalog. Servers before December 2025 have no list of all keys: there the keys are read project by project, as many at once as
    /// the budget of the token allows.
    /// </summary>
    public static async Task<SentryResult<ProjectCatalog>> LoadAsync(ISentryApiClient client, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var projects = await client.ListProjectsAsync(cancellationToken).ConfigureAwait(false);
        if (projects.Error is { } noProjects)
        {
            return noProjects;
        }

        var keys = await client.ListOrganizationKeysAsync(cancellationToken).ConfigureAwait(false);
        if (keys.Value is { } all)
        {
            return new ProjectCatalog(projects.Value!, all);
        }

        if (keys.Error!.Reason != SentryErrorReason.NotFound)
        {
            return keys.Error;
        }

        var lists = await Task.WhenAll(projects.Value!.Select(project => KeysOfAsync(client, project, cancellationToken))).ConfigureAwait(false);
        return lists.FirstOrDefault(static list => list.Error is not null)?.Error is { } error
            ? error
            : new ProjectCatalog(projects.Value!, lists.SelectMany(static list => list.Value!));
    }

    private static async Task<SentryResult<IReadOnlyList<ProjectKey>>> KeysOfAsync(ISentryApiClient client, SentryProject project, CancellationToken cancellationToken)
    {
        var keys = await client.ListKeysAsync(project.Id, cancellationToken).ConfigureAwait(false);

        // Deleted since the list was read.
        return keys.Error is { Reason: SentryErrorReason.NotFound } ? SentryResult<IReadOnlyList<ProjectKey>>.Success([]) : keys;
    }
}
