using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Sentry.Projects;

/// <summary>
/// Finds or creates a project and the key to send with. Safe to repeat at any point: after a crash, an answer that never came, or a race
/// with another actor there is exactly one project, and it is known whether this owner created it
/// (docs/decisions/0002-project-ownership.md).
/// </summary>
/// <param name="client">The organisation.</param>
/// <param name="timeProvider">The clock that intents are stamped with.</param>
public sealed class ProjectProvisioner(ISentryApiClient client, TimeProvider timeProvider)
{
    /// <summary>
    /// A create is sent within this time of its intent, clocks of both sides considered. Longer, and a project that a person made later would
    /// pass for ours; shorter, and a slow clock would disown what we made.
    /// </summary>
    private static readonly TimeSpan IntentWindow = TimeSpan.FromMinutes(5);

    /// <summary>Teams named in a message.</summary>
    private const int MaxChoices = 10;

    /// <summary>Finds or creates the project.</summary>
    public async Task<ProvisionResult> ProvisionAsync(ProvisionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        var found = await FindAsync(request, cancellationToken).ConfigureAwait(false);
        if (found.Value is { } project)
        {
            return await UseAsync(request, project, request.Intent, cancellationToken).ConfigureAwait(false);
        }

        if (!IsMissing(found.Error!))
        {
            return ProvisionError.From(found.Error!);
        }

        return request.MayCreate
            ? await CreateAsync(request, cancellationToken).ConfigureAwait(false)
            : new ProvisionError(
                ProvisionErrorReason.ProjectNotFound,
                $"organization {client.Organization} has no project \"{request.Slug}\" that the token sees{Lost(request)}: create it in Sentry, or set autoCreateProjects: true");
    }

    private static string Lost(ProvisionRequest request) => request.Known is { } known ? $", nor project {known.Id} any more" : "";

    /// <summary>
    /// By id while the slug asked for is the one known, since that survives a rename; else by slug, where Sentry's redirect tells a rename
    /// from a wish for another project.
    /// </summary>
    private async Task<SentryResult<SentryProject>> FindAsync(ProvisionRequest request, CancellationToken cancellationToken)
    {
        if (request.Known is { } known && known.Slug == request.Slug)
        {
            var byId = await GetActiveAsync(known.Id, cancellationToken).ConfigureAwait(false);
            if (byId.IsSuccess || !IsMissing(byId.Error))
            {
                return byId;
            }
        }

        return await GetActiveAsync(request.Slug, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SentryResult<SentryProject>> GetActiveAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var answer = await client.GetProjectAsync(slugOrId, cancellationToken).ConfigureAwait(false);
        return answer.Value is { IsActive: false }
            ? new SentryError(SentryErrorReason.NotFound, $"project {slugOrId} is being deleted") { Operation = SentryApiOperation.GetProject.Name }
            : answer;
    }

    /// <summary>A 404 to the project itself. One to the organisation, which a mistyped slug or a token of another organisation gives, says nothing of the project.</summary>
    private static bool IsMissing(SentryError error) => error.Reason == SentryErrorReason.NotFound && error.Operation == SentryApiOperation.GetProject.Name;

    private async Task<ProvisionResult> CreateAsync(ProvisionRequest request, CancellationToken cancellationToken)
    {
        var team = await ChooseTeamAsync(request, cancellationToken).ConfigureAwait(false);
        if (team.Error is { } noTeam)
        {
            return noTeam;
        }

        if (request.RecordIntent is { } record)
        {
            await record(new CreateIntent(request.Slug, timeProvider.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        }

        var created = await client.CreateProjectAsync(team.Slug!, new NewProject(request.Slug, request.Name, request.Platform), cancellationToken).ConfigureAwait(false);
        if (created.Value is { } project)
        {
            return await UseAsync(request, project, intent: null, cancellationToken, createdNow: true).ConfigureAwait(false);
        }

        if (request.RecordIntent is { } takeBack && !LeavesOpen(created.Error!))
        {
            // Refused: it made nothing, and must not claim what a person makes a moment later.
            await takeBack(request.Intent, cancellationToken).ConfigureAwait(false);
        }

        return created.Error!.Reason switch
        {
            SentryErrorReason.Conflict => await UseConflictingAsync(request, cancellationToken).ConfigureAwait(false),
            SentryErrorReason.NotFound when created.Error.Operation == SentryApiOperation.CreateProject.Name => TeamNotFound(team.Slug!),
            SentryErrorReason.Invalid when created.Error.Fields.ContainsKey("slug") || created.Error.Fields.ContainsKey("name") =>
                new ProvisionError(ProvisionErrorReason.InvalidSlug, created.Error.Message) { Cause = created.Error },
            _ => ProvisionError.From(created.Error),
        };
    }

    /// <summary>Without an answer of Sentry's own the create may have been carried out.</summary>
    private static bool LeavesOpen(SentryError error) => error.Reason is SentryErrorReason.Timeout or SentryErrorReason.Unreachable
        or SentryErrorReason.ServerError or SentryErrorReason.UnexpectedResponse;

    /// <summary>
    /// The slug is taken: by another actor since we looked, by an earlier create of ours that is only now visible, or by a project out of sight.
    /// </summary>
    private async Task<ProvisionResult> UseConflictingAsync(ProvisionRequest request, CancellationToken cancellationToken)
    {
        var found = await GetActiveAsync(request.Slug, cancellationToken).ConfigureAwait(false);
        if (found.Value is { } project)
        {
            return await UseAsync(request, project, request.Intent, cancellationToken).ConfigureAwait(false);
        }

        return IsMissing(found.Error!)
            ? new ProvisionError(
                ProvisionErrorReason.SlugTaken,
                $"the slug \"{request.Slug}\" is taken in organization {client.Organization} by a project that the token does not see: choose another slug, or give the token access")
            : ProvisionError.From(found.Error!);
    }

    private async Task<ProvisionResult> UseAsync(
        ProvisionRequest request,
        SentryProject project,
        CreateIntent? intent,
        CancellationToken cancellationToken,
        bool createdNow = false)
    {
        var listed = createdNow ? null : await client.ListKeysAsync(project.Id, cancellationToken).ConfigureAwait(false);
        if (listed?.Error is { } unreadable)
        {
            return ProvisionError.From(unreadable);
        }

        var keys = listed?.Value ?? [];
        request = Recognize(request, project, keys);
        var created = createdNow || IsCreatedByOwner(request, project, keys, intent);
        if (!created && request.Adoption == AdoptionPolicy.CreateOnly)
        {
            return new ProvisionError(
                ProvisionErrorReason.ProjectExists,
                $"project \"{project.Slug}\" was there before and adoptionPolicy is CreateOnly: choose another slug, or another adoptionPolicy");
        }

        var (key, keyError) = await ResolveKeyAsync(request, project, keys, created, cancellationToken).ConfigureAwait(false);
        if (key is null)
        {
            return keyError!;
        }

        if (!OtlpEndpoints.TryFromKey(key, request.IngestUrl, out var endpoints, out var error))
        {
            return new ProvisionError(ProvisionErrorReason.InvalidKey, $"the client key \"{key.Name}\" of project \"{project.Slug}\" is not usable: {error}");
        }

        return new ProvisionedProject
        {
            Id = project.Id,
            Slug = project.Slug,
            Created = created,
            CreatedNow = createdNow,
            Renamed = project.Slug != request.Slug,
            ReplacedId = request.Known is { } known && known.Id != project.Id ? known.Id : request.KnownElsewhere?.Id,
            PublicKey = key.Public,
            Endpoints = endpoints,
            Warning = !createdNow && (created || request.Adoption == AdoptionPolicy.Adopt)
                ? await AlignAsync(request, project, cancellationToken).ConfigureAwait(false)
                : null,
        };
    }

    /// <summary>Ids of two servers may be equal, keys are random: whoever has both is the project from before, under another address of its server.</summary>
    private static ProvisionRequest Recognize(ProvisionRequest request, SentryProject project, IReadOnlyList<ProjectKey> keys) =>
        request.KnownElsewhere is { PublicKey: { Length: > 0 } used } elsewhere
        && elsewhere.Id == project.Id
        && keys.Any(key => string.Equals(key.Public, used, StringComparison.OrdinalIgnoreCase))
            ? request with { Known = elsewhere, KnownElsewhere = null }
            : request;

    private static bool IsCreatedByOwner(ProvisionRequest request, SentryProject project, IReadOnlyList<ProjectKey> keys, CreateIntent? intent)
    {
        if (request.Known is { } known && known.Id == project.Id && known.Created)
        {
            return true;
        }

        if (keys.Any(key => OwnershipMarker.IsOurs(key, request.Owner)))
        {
            return true;
        }

        return intent is not null
            && intent.Slug == project.Slug
            && project.DateCreated is { } made
            && (made - intent.Time).Duration() <= IntentWindow
            && !keys.Any(key => OwnershipMarker.IsOthers(key, request.Owner));
    }

    /// <summary>
    /// The key to send with. A project of our own gets a key that marks it; the answer to that create holds all that is needed, so that a key
    /// list which lags behind does not matter.
    /// </summary>
    private async Task<(ProjectKey? Key, ProvisionError? Error)> ResolveKeyAsync(
        ProvisionRequest request,
        SentryProject project,
        IReadOnlyList<ProjectKey> keys,
        bool created,
        CancellationToken cancellationToken)
    {
        SentryError? unmarked = null;
        var marker = created ? keys.FirstOrDefault(key => OwnershipMarker.IsOurs(key, request.Owner)) : null;
        if (created && marker is null)
        {
            var made = await client.CreateKeyAsync(project.Id, OwnershipMarker.NameFor(request.Owner), cancellationToken).ConfigureAwait(false);
            marker = made.Value;
            keys = marker is null ? keys : [.. keys, marker];
            unmarked = made.Error;
        }

        var chosen = ProjectKeyChoice.Choose(keys, request.KeyName, request.Known?.PublicKey ?? marker?.Public);
        if (chosen is not null)
        {
            return (chosen, null);
        }

        if (unmarked is { IsTransient: true } or { Reason: SentryErrorReason.NotFound })
        {
            return (null, new ProvisionError(ProvisionErrorReason.KeyNotReady, $"project \"{project.Slug}\" is there, its client key is not yet: {unmarked.Message}") { Cause = unmarked });
        }

        if (request.KeyName is null && request.Adoption == AdoptionPolicy.Adopt && !created)
        {
            var own = await client.CreateKeyAsync(project.Id, OwnershipMarker.AdoptedKeyName, cancellationToken).ConfigureAwait(false);
            return own.Value is { } key ? (key, null) : (null, ProvisionError.From(own.Error!));
        }

        return (null, new ProvisionError(
            ProvisionErrorReason.NoActiveKey,
            request.KeyName is { } name
                ? $"project \"{project.Slug}\" has no active client key named \"{name}\""
                : $"project \"{project.Slug}\" has no active client key: create or enable one in Sentry"));
    }

    /// <summary>Brings team and platform in line. Data flow without that, so a failure is a warning.</summary>
    private async Task<string?> AlignAsync(ProvisionRequest request, SentryProject project, CancellationToken cancellationToken)
    {
        SentryError? error = null;
        if (request.Platform is { Length: > 0 } platform && platform != project.Platform)
        {
            error = (await client.UpdateProjectAsync(project.Id, new ProjectUpdate(Platform: platform), cancellationToken).ConfigureAwait(false)).Error;
        }

        if (request.Team is { Length: > 0 } team && project.Teams is { } teams && teams.All(known => known.Slug != team))
        {
            error = (await client.AddTeamAsync(project.Id, team, cancellationToken).ConfigureAwait(false)).Error ?? error;
        }

        return error?.Message;
    }

    private async Task<(string? Slug, ProvisionError? Error)> ChooseTeamAsync(ProvisionRequest request, CancellationToken cancellationToken)
    {
        if (request.Team is { Length: > 0 } wanted)
        {
            return (wanted, null);
        }

        var teams = await client.ListTeamsAsync(cancellationToken).ConfigureAwait(false);
        if (teams.Error is { } error)
        {
            return (null, ProvisionError.From(error));
        }

        if (request.SeveralTeams == SeveralTeams.Refuse && teams.Value!.Count > 1)
        {
            var choices = string.Join(", ", teams.Value.Select(static team => team.Slug).Order(StringComparer.Ordinal).Take(MaxChoices));
            return (null, new ProvisionError(
                ProvisionErrorReason.AmbiguousTeam,
                $"organization {client.Organization} has {teams.Value.Count} teams, name one in projects.team: {choices}{(teams.Value.Count > MaxChoices ? ", ..." : "")}"));
        }

        return TeamChoice.Oldest(teams.Value!) is { } team
            ? (team.Slug, null)
            : (null, new ProvisionError(
                ProvisionErrorReason.NoTeam,
                $"organization {client.Organization} has no team that the token sees: create one in Sentry, or name one in projects.team"));
    }

    private ProvisionError TeamNotFound(string team) => new(
        ProvisionErrorReason.TeamNotFound,
        $"organization {client.Organization} has no team \"{team}\" that the token sees: create it in Sentry, or name another in projects.team");
}
