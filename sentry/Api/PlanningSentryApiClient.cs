namespace SentryOtel.Sentry.Api;

/// <summary>
/// Says what would be changed in Sentry, and changes nothing: reads are passed on, each write is noted and answered with
/// <see cref="SentryErrorReason.Planned"/>.
/// </summary>
/// <param name="client">Reads go here.</param>
public sealed class PlanningSentryApiClient(ISentryApiClient client) : ISentryApiClient
{
    private readonly List<PlannedChange> _changes = [];

    /// <summary>What would have been changed, in order.</summary>
    public IReadOnlyList<PlannedChange> Changes => _changes;

    /// <inheritdoc/>
    public string Organization => client.Organization;

    /// <inheritdoc/>
    public Task<SentryResult<SentryOrganization>> GetOrganizationAsync(CancellationToken cancellationToken) => client.GetOrganizationAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<SentryProject>>> ListProjectsAsync(CancellationToken cancellationToken) => client.ListProjectsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<SentryProject>> GetProjectAsync(string slugOrId, CancellationToken cancellationToken) =>
        client.GetProjectAsync(slugOrId, cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<SentryProject>> CreateProjectAsync(string team, NewProject project, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var platform = project.Platform is { Length: > 0 } given ? $", platform {given}" : "";
        return Note<SentryProject>(SentryApiOperation.CreateProject, PlannedChangeKind.CreateProject, $"create project \"{project.Slug}\" in team \"{team}\"{platform}");
    }

    /// <inheritdoc/>
    public Task<SentryResult<SentryProject>> UpdateProjectAsync(string slugOrId, ProjectUpdate update, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(update);
        string?[] fields = [Field("slug", update.Slug), Field("name", update.Name), Field("platform", update.Platform)];
        return Note<SentryProject>(SentryApiOperation.UpdateProject, PlannedChangeKind.ChangeProject, $"set {string.Join(", ", fields.OfType<string>())}");

        static string? Field(string name, string? value) => value is null ? null : $"{name} to \"{value}\"";
    }

    /// <inheritdoc/>
    public Task<SentryResult<bool>> DeleteProjectAsync(string slugOrId, CancellationToken cancellationToken) =>
        Note<bool>(SentryApiOperation.DeleteProject, PlannedChangeKind.DeleteProject, $"delete project {slugOrId}");

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<SentryTeam>>> ListTeamsAsync(CancellationToken cancellationToken) => client.ListTeamsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<SentryTeam>> CreateTeamAsync(string slug, CancellationToken cancellationToken) =>
        Note<SentryTeam>(SentryApiOperation.CreateTeam, PlannedChangeKind.ChangeProject, $"create team \"{slug}\"");

    /// <inheritdoc/>
    public Task<SentryResult<SentryProject>> AddTeamAsync(string slugOrId, string team, CancellationToken cancellationToken) =>
        Note<SentryProject>(SentryApiOperation.AddTeam, PlannedChangeKind.ChangeProject, $"give team \"{team}\" access");

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<ProjectKey>>> ListKeysAsync(string slugOrId, CancellationToken cancellationToken) =>
        client.ListKeysAsync(slugOrId, cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<ProjectKey>> CreateKeyAsync(string slugOrId, string name, CancellationToken cancellationToken) =>
        Note<ProjectKey>(SentryApiOperation.CreateKey, PlannedChangeKind.ChangeProject, $"add client key \"{name}\"");

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<ProjectKey>>> ListOrganizationKeysAsync(CancellationToken cancellationToken) =>
        client.ListOrganizationKeysAsync(cancellationToken);

    private Task<SentryResult<T>> Note<T>(SentryApiOperation operation, PlannedChangeKind kind, string text)
    {
        _changes.Add(new PlannedChange(kind, text));
        SentryResult<T> answer = new SentryError(SentryErrorReason.Planned, $"only planned: {text}") { Operation = operation.Name };
        return Task.FromResult(answer);
    }
}

/// <summary>A change that was not made.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">For people, to follow "would".</param>
public sealed record PlannedChange(PlannedChangeKind Kind, string Text);

/// <summary>Kinds of changes in Sentry.</summary>
public enum PlannedChangeKind
{
    /// <summary>A project is made.</summary>
    CreateProject,

    /// <summary>A project gets another platform, team or key.</summary>
    ChangeProject,

    /// <summary>A project is deleted.</summary>
    DeleteProject,
}
