using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Catalogs;

/// <summary>Passes every call on, and has the catalogue remember what it tells of projects, keys and teams.</summary>
internal class RecordingClient(OrganizationCatalog catalog, ISentryApiClient passes, TimeProvider timeProvider) : ISentryApiClient
{
    public string Organization => passes.Organization;

    protected OrganizationCatalog Catalog => catalog;

    public Task<SentryResult<SentryOrganization>> GetOrganizationAsync(CancellationToken cancellationToken) => passes.GetOrganizationAsync(cancellationToken);

    public Task<SentryResult<IReadOnlyList<SentryProject>>> ListProjectsAsync(CancellationToken cancellationToken) => passes.ListProjectsAsync(cancellationToken);

    public Task<SentryResult<IReadOnlyList<ProjectKey>>> ListOrganizationKeysAsync(CancellationToken cancellationToken) => passes.ListOrganizationKeysAsync(cancellationToken);

    public virtual async Task<SentryResult<SentryProject>> GetProjectAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var asked = timeProvider.GetTimestamp();
        var answer = await passes.GetProjectAsync(slugOrId, cancellationToken).ConfigureAwait(false);
        if (answer.Value is { } project)
        {
            catalog.Note(null);
            catalog.Entries.Put(project, Since(asked));
            catalog.Entries.Redirect(slugOrId, project.Id);
        }
        else if (answer.Error is { Reason: SentryErrorReason.NotFound, Operation: var operation } && operation == SentryApiOperation.GetProject.Name)
        {
            catalog.Note(null);
            catalog.Entries.Remove(slugOrId, Since(asked));
        }
        else
        {
            catalog.Note(answer.Error);
        }

        return answer;
    }

    public virtual async Task<SentryResult<SentryProject>> CreateProjectAsync(string team, NewProject project, CancellationToken cancellationToken)
    {
        var asked = timeProvider.GetTimestamp();
        var answer = await passes.CreateProjectAsync(team, project, cancellationToken).ConfigureAwait(false);
        if (answer.Value is { } created)
        {
            catalog.Entries.Put(created, Since(asked));
        }
        else if (answer.Error is { Reason: SentryErrorReason.NotFound })
        {
            catalog.Remember((IReadOnlyList<SentryTeam>?)null);
        }

        return answer;
    }

    public virtual async Task<SentryResult<SentryProject>> UpdateProjectAsync(string slugOrId, ProjectUpdate update, CancellationToken cancellationToken) =>
        Remember(timeProvider.GetTimestamp(), await passes.UpdateProjectAsync(slugOrId, update, cancellationToken).ConfigureAwait(false));

    public async Task<SentryResult<bool>> DeleteProjectAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var answer = await passes.DeleteProjectAsync(slugOrId, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccess)
        {
            catalog.Entries.Remove(slugOrId, Since(timeProvider.GetTimestamp()));
        }

        return answer;
    }

    public virtual async Task<SentryResult<IReadOnlyList<SentryTeam>>> ListTeamsAsync(CancellationToken cancellationToken)
    {
        var answer = await passes.ListTeamsAsync(cancellationToken).ConfigureAwait(false);
        catalog.Remember(answer.Value);
        return answer;
    }

    public async Task<SentryResult<SentryTeam>> CreateTeamAsync(string slug, CancellationToken cancellationToken)
    {
        catalog.Remember((IReadOnlyList<SentryTeam>?)null);
        return await passes.CreateTeamAsync(slug, cancellationToken).ConfigureAwait(false);
    }

    public virtual async Task<SentryResult<SentryProject>> AddTeamAsync(string slugOrId, string team, CancellationToken cancellationToken) =>
        Remember(timeProvider.GetTimestamp(), await passes.AddTeamAsync(slugOrId, team, cancellationToken).ConfigureAwait(false));

    public virtual async Task<SentryResult<IReadOnlyList<ProjectKey>>> ListKeysAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var asked = timeProvider.GetTimestamp();
        var answer = await passes.ListKeysAsync(slugOrId, cancellationToken).ConfigureAwait(false);
        if (answer.Value is { } keys)
        {
            catalog.Note(null);
            catalog.Entries.PutKeys(slugOrId, keys, Since(asked));
        }
        else if (answer.Error!.Reason != SentryErrorReason.NotFound)
        {
            catalog.Note(answer.Error);
        }

        return answer;
    }

    public async Task<SentryResult<ProjectKey>> CreateKeyAsync(string slugOrId, string name, CancellationToken cancellationToken)
    {
        var asked = timeProvider.GetTimestamp();
        var answer = await passes.CreateKeyAsync(slugOrId, name, cancellationToken).ConfigureAwait(false);
        if (answer.Value is { } key)
        {
            catalog.Entries.AddKey(slugOrId, key, Since(asked));
        }

        return answer;
    }

    private ReadTime Since(long asked) => new(asked, timeProvider.GetTimestamp());

    private SentryResult<SentryProject> Remember(long asked, SentryResult<SentryProject> answer)
    {
        if (answer.Value is { } project)
        {
            catalog.Entries.Put(project, Since(asked));
        }

        return answer;
    }
}
