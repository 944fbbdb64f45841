using SentryOtel.Sentry.Api;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>Sentry's API with a token, headers and connections that may change while what was read through it stays known.</summary>
/// <param name="client">What each call is made by.</param>
/// <param name="organization">The same for all clients.</param>
internal sealed class SwappableSentryApi(Swappable<ISentryApiClient> client, string organization) : ISentryApiClient
{
    public string Organization => organization;

    public Task<SentryResult<SentryOrganization>> GetOrganizationAsync(CancellationToken cancellationToken) => CallAsync(api => api.GetOrganizationAsync(cancellationToken));

    public Task<SentryResult<IReadOnlyList<SentryProject>>> ListProjectsAsync(CancellationToken cancellationToken) => CallAsync(api => api.ListProjectsAsync(cancellationToken));

    public Task<SentryResult<SentryProject>> GetProjectAsync(string slugOrId, CancellationToken cancellationToken) => CallAsync(api => api.GetProjectAsync(slugOrId, cancellationToken));

    public Task<SentryResult<SentryProject>> CreateProjectAsync(string team, NewProject project, CancellationToken cancellationToken) =>
        CallAsync(api => api.CreateProjectAsync(team, project, cancellationToken));

    public Task<SentryResult<SentryProject>> UpdateProjectAsync(string slugOrId, ProjectUpdate update, CancellationToken cancellationToken) =>
        CallAsync(api => api.UpdateProjectAsync(slugOrId, update, cancellationToken));

    public Task<SentryResult<bool>> DeleteProjectAsync(string slugOrId, CancellationToken cancellationToken) => CallAsync(api => api.DeleteProjectAsync(slugOrId, cancellationToken));

    public Task<SentryResult<IReadOnlyList<SentryTeam>>> ListTeamsAsync(CancellationToken cancellationToken) => CallAsync(api => api.ListTeamsAsync(cancellationToken));

    public Task<SentryResult<SentryTeam>> CreateTeamAsync(string slug, CancellationToken cancellationToken) => CallAsync(api => api.CreateTeamAsync(slug, cancellationToken));

    public Task<SentryResult<SentryProject>> AddTeamAsync(string slugOrId, string team, CancellationToken cancellationToken) =>
        CallAsync(api => api.AddTeamAsync(slugOrId, team, cancellationToken));

    public Task<SentryResult<IReadOnlyList<ProjectKey>>> ListKeysAsync(string slugOrId, CancellationToken cancellationToken) => CallAsync(api => api.ListKeysAsync(slugOrId, cancellationToken));

    public Task<SentryResult<ProjectKey>> CreateKeyAsync(string slugOrId, string name, CancellationToken cancellationToken) => CallAsync(api => api.CreateKeyAsync(slugOrId, name, cancellationToken));

    public Task<SentryResult<IReadOnlyList<ProjectKey>>> ListOrganizationKeysAsync(CancellationToken cancellationToken) => CallAsync(api => api.ListOrganizationKeysAsync(cancellationToken));

    private async Task<SentryResult<T>> CallAsync<T>(Func<ISentryApiClient, Task<SentryResult<T>>> call)
    {
        var generation = client.Enter();
        try
        {
            return await call(generation.Value);
        }
        finally
        {
            generation.Leave();
        }
    }
}
