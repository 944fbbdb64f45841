namespace SentryOtel.Sentry.Api;

/// <summary>
/// Sentry's management API (<c>/api/0</c>) for one organisation and one token. Every method returns an error as a value; only
/// cancellation by the caller throws. Reads, updates and deletes are retried when the failure is transient. A create is never
/// repeated blindly, since a request without an answer may have been carried out.
/// </summary>
public interface ISentryApiClient
{
    /// <summary>Slug or id of the organisation that every call is about.</summary>
    string Organization { get; }

    /// <summary>The organisation. The region that it names serves every later call.</summary>
    Task<SentryResult<SentryOrganization>> GetOrganizationAsync(CancellationToken cancellationToken);

    /// <summary>All active projects that the token sees, every page, each once.</summary>
    Task<SentryResult<IReadOnlyList<SentryProject>>> ListProjectsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// One project by slug or id. A renamed one is followed: its <see cref="SentryProject.Slug"/> then differs from the one asked for.
    /// </summary>
    Task<SentryResult<SentryProject>> GetProjectAsync(string slugOrId, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a project in a team, with the given slug or not at all. <see cref="SentryErrorReason.Conflict"/> when the slug is taken;
    /// <see cref="SentryErrorReason.Timeout"/> and <see cref="SentryErrorReason.Unreachable"/> leave open whether it was made.
    /// </summary>
    Task<SentryResult<SentryProject>> CreateProjectAsync(string team, NewProject project, CancellationToken cancellationToken);

    /// <summary>Changes a project.</summary>
    Task<SentryResult<SentryProject>> UpdateProjectAsync(string slugOrId, ProjectUpdate update, CancellationToken cancellationToken);

    /// <summary>Deletes a project; false when it was gone already.</summary>
    Task<SentryResult<bool>> DeleteProjectAsync(string slugOrId, CancellationToken cancellationToken);

    /// <summary>All teams of the organisation that the token sees.</summary>
    Task<SentryResult<IReadOnlyList<SentryTeam>>> ListTeamsAsync(CancellationToken cancellationToken);

    /// <summary>Creates a team; <see cref="SentryErrorReason.Conflict"/> when the slug is taken.</summary>
    Task<SentryResult<SentryTeam>> CreateTeamAsync(string slug, CancellationToken cancellationToken);

    /// <summary>Gives a team access to a project; nothing happens when it has it.</summary>
    Task<SentryResult<SentryProject>> AddTeamAsync(string slugOrId, string team, CancellationToken cancellationToken);

    /// <summary>All active client keys of a project.</summary>
    Task<SentryResult<IReadOnlyList<ProjectKey>>> ListKeysAsync(string slugOrId, CancellationToken cancellationToken);

    /// <summary>Creates a client key; the name is cut to 64 characters, Sentry's bound. Names are not unique in Sentry.</summary>
    Task<SentryResult<ProjectKey>> CreateKeyAsync(string slugOrId, string name, CancellationToken cancellationToken);

    /// <summary>
    /// All active client keys of the organisation in one list; <see cref="SentryErrorReason.NotFound"/> on servers before December 2025.
    /// </summary>
    Task<SentryResult<IReadOnlyList<ProjectKey>>> ListOrganizationKeysAsync(CancellationToken cancellationToken);
}
