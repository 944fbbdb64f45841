using System.Collections.Concurrent;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>Finds fallback projects in Sentry, and creates one only where the exporter creates projects. Remembers what it found for a while.</summary>
internal sealed class ProjectFallbackTargets(OperatorServices services) : IFallbackTargets
{
    /// <summary>How often a project that is there is looked at again: it may be renamed, deleted, or get another key.</summary>
    public static readonly TimeSpan Recheck = TimeSpan.FromMinutes(10);

    /// <summary>How soon a project that is not there, or could not be asked for, is tried again.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ObjectKey, Memory> _memory = new();

    /// <inheritdoc/>
    public async ValueTask<FallbackTarget> FindAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(exporter);
        // The project of an exporter's DSN takes all that no route does.
        if (exporter.Spec.DsnSecretRef is not null || exporter.Spec.Routing is not { OnMissingAttribute: MissingAttributePolicy.Fallback, FallbackProject: { } slug })
        {
            _memory.TryRemove(key, out _);
            return FallbackTarget.None;
        }

        var known = _memory.GetValueOrDefault(key);
        if (known is not null && known.Uid == exporter.Metadata.Uid && known.Generation == exporter.Metadata.Generation && Remaining(known) is { } remaining)
        {
            return known.Answer.In(remaining);
        }

        var (answer, project) = await AskAsync(exporter, slug, known?.Organization == OrganizationUrl.Of(exporter) ? known?.Project : null, cancellationToken).ConfigureAwait(false);
        _memory[key] = new Memory(exporter.Metadata.Uid, exporter.Metadata.Generation, OrganizationUrl.Of(exporter), answer, project, services.TimeProvider.GetTimestamp());
        return answer;
    }

    private TimeSpan? Remaining(Memory known) =>
        known.Answer.RecheckAfter - services.TimeProvider.GetElapsedTime(known.AskedAt) is { } left && left > TimeSpan.Zero ? left : null;

    private async Task<(FallbackTarget Answer, KnownProject? Project)> AskAsync(
        SentryExporter exporter, string slug, KnownProject? known, CancellationToken cancellationToken)
    {
        var connection = await services.Connections.GetAsync(exporter, cancellationToken).ConfigureAwait(false);
        if (connection.Error is { } unusable)
        {
            return (FallbackTarget.Unknown(slug, unusable.Reason, unusable.Message, Retry), known);
        }

        if (connection.Api is not { } api)
        {
            const string Cure = "a project is found by its slug only where the exporter has an organization: set orgSlug and authTokenSecretRef";
            return (FallbackTarget.Missing(RouteReasons.NoOrganization, Cure, Recheck), null);
        }

        var request = new ProvisionRequest
        {
            Owner = exporter.Metadata.Uid!,
            Slug = slug,
            Platform = exporter.Spec.Projects.Platform,
            Team = exporter.Spec.Projects.Team,
            SeveralTeams = SeveralTeams.Refuse,
            MayCreate = exporter.Spec.AutoCreateProjects,
            IngestUrl = ProjectResolver.IngestUrl(exporter),
            Known = known?.Slug == slug ? known : null,
        };
        var view = services.Catalogs.Of(connection, services.TimeProvider).ViewFor(api, request, Retry);
        var result = await new ProjectProvisioner(view, services.TimeProvider).ProvisionAsync(request, cancellationToken).ConfigureAwait(false);
        if (result.Project is { } project)
        {
            var target = new RouteTarget
            {
                ProjectId = project.Id,
                ProjectSlug = project.Slug,
                PublicKey = project.PublicKey,
                TracesEndpoint = project.Endpoints.Traces.AbsoluteUri,
                LogsEndpoint = project.Endpoints.Logs.AbsoluteUri,
                Organization = exporter.Spec.OrgSlug,
            };
            return (FallbackTarget.Found(target, Recheck), new KnownProject(project.Id, slug, project.Created, project.PublicKey));
        }

        var error = result.Error!;
        return error.IsTransient || error.Reason == ProvisionErrorReason.Sentry
            ? (FallbackTarget.Unknown(slug, error.ConditionReason, error.Message, error.Cause?.RetryAfter ?? Retry), known)
            : (FallbackTarget.Missing(error.ConditionReason, error.Message, Retry), null);
    }

    private sealed record Memory(string? Uid, long? Generation, string? Organization, FallbackTarget Answer, KnownProject? Project, long AskedAt);
}
