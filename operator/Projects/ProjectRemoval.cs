using SentryOtel.Crds;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Planning;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Operator.Projects;

/// <summary>Decides and does what becomes of the project of a route that was deleted.</summary>
internal sealed class ProjectRemoval(OperatorServices services, RouteMemory memory, ProjectResolver resolver, ProjectUsers users, TimeSpan deadline)
{
    /// <summary>Deletes the project, or finds that it stays, or says what it waits for.</summary>
    /// <param name="route">The route, with its finalizer and a deletionTimestamp.</param>
    /// <param name="exporter">Its exporter; null when that is gone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<RemovalOutcome> RemoveAsync(SentryProjectRoute route, SentryExporter? exporter, CancellationToken cancellationToken)
    {
        if (RouteAnnotations.IsAbandoned(route))
        {
            return RemovalOutcome.Unusual(RouteReasons.ProjectAbandoned, $"the project stays in Sentry: annotation {RouteAnnotations.AbandonProject}");
        }

        var policy = route.Spec.DeletionPolicy ?? exporter?.Spec.Projects.DeletionPolicy ?? DeletionPolicy.Retain;
        var project = memory.StatusOf(route)?.Project;
        var isOurs = project is { Created: true } || memory.PendingOf(route) is not null;
        if (policy == DeletionPolicy.Retain || !isOurs)
        {
            return isOurs && project is null && exporter is not null && await IsNoneAsync(route, exporter, cancellationToken).ConfigureAwait(false)
                ? RemovalOutcome.None
                : RemovalOutcome.Usual(RouteReasons.ProjectRetained, "the project stays in Sentry");
        }

        var here = exporter is not null && OrganizationUrl.IsElsewhere(exporter, project?.OrganizationUrl) ? null : project;
        if (await users.FindOtherAsync(route, exporter, here, cancellationToken).ConfigureAwait(false) is { } user)
        {
            return Shared(user);
        }

        if (exporter is null)
        {
            return RemovalOutcome.Unusual(RouteReasons.ProjectLeftBehind, "the project stays in Sentry: the exporter that could delete it is gone");
        }

        var outcome = await DeleteAsync(route, exporter, project, cancellationToken).ConfigureAwait(false);
        return outcome is { IsDone: false, IsPlanned: false } && services.TimeProvider.GetUtcNow() - route.Metadata.DeletionTimestamp > deadline
            ? RemovalOutcome.Unusual(RouteReasons.ProjectLeftBehind, $"the project stays in Sentry, it could not be deleted: {outcome.Message}")
            : outcome;
    }

    private async Task<RemovalOutcome> DeleteAsync(SentryProjectRoute route, SentryExporter exporter, RouteProjectStatus? project, CancellationToken cancellationToken)
    {
        if (exporter.Spec.Suspend)
        {
            return RemovalOutcome.Waiting(RouteReasons.ExporterSuspended, "the exporter is suspended: nothing is deleted in Sentry");
        }

        var connection = await services.Connections.GetAsync(exporter, cancellationToken).ConfigureAwait(false);
        if (connection.Api is not { } passes)
        {
            var error = connection.Error ?? new CredentialError(RouteReasons.NoOrganization, "the exporter has no organization any more");
            return RemovalOutcome.Waiting(error.Reason, error.Message);
        }

        var recording = services.Catalogs.Of(connection, services.TimeProvider).Recording(passes);
        var api = PlanMark.IsOn(route, exporter) ? new PlanningSentryApiClient(recording) : recording;
        if (project is { Created: true } && !OrganizationUrl.IsElsewhere(exporter, project.OrganizationUrl))
        {
            return project.Id is { } known ? await DeleteAsync(api, known, cancellationToken).ConfigureAwait(false) : RemovalOutcome.None;
        }

        // A create was noted and its outcome never, or all that is known is of another organisation.
        var found = await FindAsync(route, exporter, api, cancellationToken).ConfigureAwait(false);
        if (found.Error is { Reason: not ProvisionErrorReason.ProjectNotFound } failed)
        {
            return RemovalOutcome.Waiting(failed.ConditionReason, failed.Message);
        }

        if (found.Project is not { Created: true } ours)
        {
            return (project?.OrganizationUrl ?? memory.PendingOf(route)?.OrganizationUrl) is { } home && OrganizationUrl.IsElsewhere(exporter, home)
                ? RemovalOutcome.Unusual(RouteReasons.ProjectLeftBehind, $"the project stays in {home}: the exporter is of another organization now")
                : RemovalOutcome.None;
        }

        var user = await users.FindOtherAsync(route, exporter, ProjectResolver.StatusOf(ours, exporter), cancellationToken).ConfigureAwait(false);
        return user is null ? await DeleteAsync(api, ours.Id, cancellationToken).ConfigureAwait(false) : Shared(user);
    }

    /// <summary>Whether the create that was noted is known to have made nothing. Looks, and changes nothing.</summary>
    private async Task<bool> IsNoneAsync(SentryProjectRoute route, SentryExporter exporter, CancellationToken cancellationToken)
    {
        if (exporter.Spec.Suspend || (await services.Connections.GetAsync(exporter, cancellationToken).ConfigureAwait(false)).Api is not { } api)
        {
            return false;
        }

        var found = await FindAsync(route, exporter, new PlanningSentryApiClient(api), cancellationToken).ConfigureAwait(false);
        return found.Error is { Reason: ProvisionErrorReason.ProjectNotFound } || found.Project is { Created: false };
    }

    /// <summary>Looks whether there is a project of the route's, and makes none.</summary>
    private Task<ProvisionResult> FindAsync(SentryProjectRoute route, SentryExporter exporter, ISentryApiClient api, CancellationToken cancellationToken)
    {
        var request = resolver.Request(route, exporter, memory.StatusOf(route)?.Project) with
        {
            MayCreate = false,
            RecordIntent = null,
            Adoption = Sentry.Projects.AdoptionPolicy.Reference,
            Platform = null,
            Team = null,
        };
        return new ProjectProvisioner(api, services.TimeProvider).ProvisionAsync(request, cancellationToken);
    }

    private static async Task<RemovalOutcome> DeleteAsync(ISentryApiClient api, string id, CancellationToken cancellationToken)
    {
        var current = await api.GetProjectAsync(id, cancellationToken).ConfigureAwait(false);
        if (current.Error is { Reason: SentryErrorReason.NotFound })
        {
            return RemovalOutcome.Usual(RouteReasons.ProjectDeleted, "the project was deleted before");
        }

        // An id never comes back; this guards against a server that takes it for a slug.
        if (current.Value is { } project && project.Id != id)
        {
            return RemovalOutcome.Unusual(RouteReasons.ProjectRetained, $"the project stays in Sentry: id {id} now names another one");
        }

        var deleted = current.Error is null ? await api.DeleteProjectAsync(id, cancellationToken).ConfigureAwait(false) : current.Error;
        return deleted.Error switch
        {
            null => RemovalOutcome.Usual(RouteReasons.ProjectDeleted, $"project \"{current.Value!.Slug}\" was deleted in Sentry"),
            { Reason: SentryErrorReason.Planned } => RemovalOutcome.Planned($"would delete project \"{current.Value!.Slug}\" in Sentry"),
            var error => RemovalOutcome.Waiting(error.Reason.ToString(), error.Message),
        };
    }

    private static RemovalOutcome Shared(string user) =>
        RemovalOutcome.Unusual(RouteReasons.ProjectShared, $"the project stays in Sentry: {user} sends there too");
}

/// <summary>What became of the project of a deleted route.</summary>
internal sealed record RemovalOutcome(bool IsDone, bool IsUnusual, string Reason, string Message)
{
    /// <summary>Waits for nothing but the plan to be carried out.</summary>
    public bool IsPlanned => Reason == PlanReasons.WouldDelete;

    /// <summary>False when a create was noted and is known to have made nothing.</summary>
    public bool HadProject { get; init; } = true;

    /// <summary>There is no project that the route made.</summary>
    public static RemovalOutcome None { get; } = new(true, false, RouteReasons.ProjectRetained, "no project was created for the route") { HadProject = false };

    /// <summary>Settled, as people expect.</summary>
    public static RemovalOutcome Usual(string reason, string message) => new(true, false, reason, message);

    /// <summary>Settled in a way that somebody should know.</summary>
    public static RemovalOutcome Unusual(string reason, string message) => new(true, true, reason, message);

    /// <summary>Not settled yet.</summary>
    public static RemovalOutcome Waiting(string reason, string message) => new(false, false, reason, message);

    /// <summary>Not to be done before somebody takes the plan annotation away.</summary>
    public static RemovalOutcome Planned(string message) => new(false, false, PlanReasons.WouldDelete, message);
}
