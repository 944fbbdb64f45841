using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Sentry.Catalogs;

/// <summary>
/// Sentry for one pass: answers from the catalogue what it knows recently enough, and asks for the rest. A list may skip what is there, so nothing is concluded from its
/// silence that could do harm: a project that was known, the key in use and the owner's marker are asked for by themselves before they count as gone, and a pass that
/// has to find out what became of a create trusts Sentry alone (docs/decisions/0002-project-ownership.md).
/// </summary>
internal sealed class CatalogView(OrganizationCatalog catalog, ISentryApiClient passes, ProvisionRequest request, TimeSpan maxAge, TimeProvider timeProvider)
    : RecordingClient(catalog, passes, timeProvider)
{
    private readonly long _began = timeProvider.GetTimestamp();

    // What became of the create of before is Sentry's to say.
    private bool _asksSentry = request.Intent is not null;

    public override async Task<SentryResult<SentryProject>> GetProjectAsync(string slugOrId, CancellationToken cancellationToken)
    {
        if (!_asksSentry && await AnswerAsync(slugOrId, cancellationToken).ConfigureAwait(false) is { } answer)
        {
            return answer;
        }

        return await base.GetProjectAsync(slugOrId, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<SentryResult<IReadOnlyList<ProjectKey>>> ListKeysAsync(string slugOrId, CancellationToken cancellationToken) =>
        !_asksSentry && Catalog.Entries.Find(slugOrId) is { Keys: { } keys } entry && Catalog.IsRecent(entry.KeysAt, _began, maxAge) && Suffice(keys)
            ? SentryResult<IReadOnlyList<ProjectKey>>.Success(keys)
            : await base.ListKeysAsync(slugOrId, cancellationToken).ConfigureAwait(false);

    public override async Task<SentryResult<IReadOnlyList<SentryTeam>>> ListTeamsAsync(CancellationToken cancellationToken) => Catalog.KnownTeams is { } teams
        ? SentryResult<IReadOnlyList<SentryTeam>>.Success(teams)
        : await base.ListTeamsAsync(cancellationToken).ConfigureAwait(false);

    public override async Task<SentryResult<SentryProject>> CreateProjectAsync(string team, NewProject project, CancellationToken cancellationToken)
    {
        var answer = await base.CreateProjectAsync(team, project, cancellationToken).ConfigureAwait(false);

        // Sentry knows of a project that the catalogue does not.
        _asksSentry |= !answer.IsSuccess;
        return answer;
    }

    public override Task<SentryResult<SentryProject>> UpdateProjectAsync(string slugOrId, ProjectUpdate update, CancellationToken cancellationToken) =>
        ChangeAsync($"platform {update.Platform} of {slugOrId}", () => base.UpdateProjectAsync(slugOrId, update, cancellationToken));

    public override Task<SentryResult<SentryProject>> AddTeamAsync(string slugOrId, string team, CancellationToken cancellationToken) =>
        ChangeAsync($"team {team} of {slugOrId}", () => base.AddTeamAsync(slugOrId, team, cancellationToken));

    /// <summary>What the catalogue says of a project; null when it is to be asked for by itself.</summary>
    private async Task<SentryResult<SentryProject>?> AnswerAsync(string slugOrId, CancellationToken cancellationToken)
    {
        if (Known(slugOrId) is { } known)
        {
            return known;
        }

        var demand = await Catalog.DemandAsync(_began, cancellationToken).ConfigureAwait(false);
        if (demand.Error is { } error)
        {
            return error;
        }

        return demand.IsAlone ? null : Known(slugOrId);
    }

    private SentryResult<SentryProject>? Known(string slugOrId)
    {
        if (maxAge == TimeSpan.MaxValue && Catalog.Failure is { } failure)
        {
            return failure;
        }

        if (Catalog.Entries.Find(slugOrId) is { } entry)
        {
            return Catalog.IsRecent(entry.At, _began, maxAge) ? SentryResult<SentryProject>.Success(entry.Project) : null;
        }

        // Gone, renamed or never there: for a project that was known that makes a difference.
        if (request.Known is not null || !Catalog.KnowsMisses(_began, maxAge))
        {
            return null;
        }

        return new SentryError(SentryErrorReason.NotFound, $"organization {Organization} lists no project {slugOrId}") { Operation = SentryApiOperation.GetProject.Name };
    }

    private bool Suffice(IReadOnlyList<ProjectKey> keys) =>
        keys.Count > 0
        && (request.Known?.PublicKey is not { } inUse || keys.Any(key => string.Equals(key.Public, inUse, StringComparison.OrdinalIgnoreCase)))
        && (request.Known is not { Created: true } || keys.Any(key => OwnershipMarker.IsOurs(key, request.Owner)));

    /// <summary>A change that Sentry refuses is not repeated each time that a project is looked at.</summary>
    private async Task<SentryResult<SentryProject>> ChangeAsync(string change, Func<Task<SentryResult<SentryProject>>> send)
    {
        if (maxAge == TimeSpan.MaxValue && Catalog.RefusalOf(change) is { } refused)
        {
            return refused;
        }

        var answer = await send().ConfigureAwait(false);
        if (answer.Error is { IsTransient: false } error)
        {
            Catalog.RememberRefusal(change, error);
        }

        return answer;
    }
}
