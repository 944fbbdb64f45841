using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing.Standalone;

/// <summary>Decides what an outcome of the provisioner means for the data that wait. Under the table's lock.</summary>
internal sealed class LookupVerdicts(
    Func<ExporterConfiguration> configuration, string organization, ProjectTable table, CreationQuota quota, MonotonicClock clock, LogThrottle throttle, ILogger logger)
{
    /// <summary>How long a slug may be taken by a project that is not seen: one that another actor made a moment ago comes up late.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(30);

    /// <summary>True for a failure that has nothing to do with the project asked for.</summary>
    public static bool IsEverybodys(ProvisionError error) => error.Cause is { } cause && (cause.IsTransient || cause.Reason
        is SentryErrorReason.Unauthorized or SentryErrorReason.TokenKindUnsupported or SentryErrorReason.Moved or SentryErrorReason.UnexpectedResponse or SentryErrorReason.NotFound);

    /// <summary>A target as the table holds it.</summary>
    public static RouteTarget Target(string organization, string id, string slug, string publicKey, OtlpEndpoints endpoints) => new()
    {
        ProjectId = id,
        ProjectSlug = slug,
        PublicKey = publicKey,
        TracesEndpoint = endpoints.Traces.AbsoluteUri,
        LogsEndpoint = endpoints.Logs.AbsoluteUri,
        Organization = organization,
    };

    private ExporterConfiguration Exporter => configuration();

    public Verdict Take(ProjectEntry entry, ProvisionResult result, bool permit, int attempt)
    {
        if (result.Project is { } project)
        {
            return Found(entry, project, permit);
        }

        var error = result.Error!;
        return error.Reason switch
        {
            ProvisionErrorReason.ProjectNotFound => Missing(entry, error, permit, attempt),
            ProvisionErrorReason.SlugTaken when entry.Take(clock.Now) < Lag => Wait(entry, error, permit, attempt),
            ProvisionErrorReason.InvalidSlug or ProvisionErrorReason.ProjectExists or ProvisionErrorReason.SlugTaken => Refuse(entry, error.Message, permit),
            _ => Wait(entry, error, permit, attempt),
        };
    }

    private Verdict Found(ProjectEntry entry, ProvisionedProject project, bool permit)
    {
        entry.Intent = null;
        if (project.CreatedNow && permit)
        {
            quota.Use(project.Id);
            permit = false;
            Log.ProjectCreated(logger, Exporter.Id, project.Slug);
        }

        Release(ref permit);
        if (entry.IsGone || (entry.Route?.Target is { } before && before.ProjectId != project.Id))
        {
            Log.ProjectReplaced(logger, Exporter.Id, project.Slug);
        }

        table.Settle(entry.Slug, Target(organization, project.Id, project.Slug, project.PublicKey, project.Endpoints));
        return new Verdict(null, permit, Failed: false, Changed: true);
    }

    private Verdict Missing(ProjectEntry entry, ProvisionError error, bool permit, int attempt)
    {
        entry.Intent = null;
        if (!Exporter.AutoCreateProjects || entry.IsBarred || (!Exporter.Projects.RecreateDeleted && (entry.IsGone || entry.Route is not null)))
        {
            var why = Exporter.AutoCreateProjects && entry.IsBarred ? SentryRoutes.NotAllowed : error.Message;
            return entry.IsGone || entry.Route is not null ? Bury(entry, permit) : Refuse(entry, why, permit);
        }

        if (quota.IsExhausted)
        {
            return Refuse(entry, $"projects.max_auto_created ({Exporter.Projects.MaxAutoCreated}) is reached: project \"{entry.Slug}\" is not created", permit);
        }

        // The permit that it lacked: its turn comes, unless those before it take the last.
        var turn = permit ? TimeSpan.Zero : quota.Reserve();
        return new Verdict(turn ?? LookupPacer.Pause(attempt), Permit: turn is not null, Failed: false, Changed: false);
    }

    private Verdict Bury(ProjectEntry entry, bool permit)
    {
        Release(ref permit);
        if (!entry.IsGone)
        {
            Log.ProjectGone(logger, Exporter.Id, entry.Slug);
            entry.WantedAt = clock.Now;
        }

        var cure = Exporter.AutoCreateProjects ? "create it in Sentry, or set projects.recreate_deleted: true" : "create it in Sentry";
        table.Refuse(entry, $"project \"{entry.Slug}\" was deleted in Sentry; to have its data again {cure}", ProjectLookups.RecheckInterval, isGone: true);
        return new Verdict(ProjectLookups.RecheckInterval, permit, Failed: false, Changed: true);
    }

    private Verdict Refuse(ProjectEntry entry, string why, bool permit)
    {
        Release(ref permit);
        if (throttle.TryPass("refused", out var suppressed))
        {
            Log.NoProject(logger, Exporter.Id, entry.Slug, why, suppressed);
        }

        table.Refuse(entry, why, ProjectLookups.RecheckInterval);
        return new Verdict(null, permit, Failed: false, Changed: true);
    }

    private Verdict Wait(ProjectEntry entry, ProvisionError error, bool permit, int attempt)
    {
        Release(ref permit);

        // A token or team that someone will put right, or an outage: the data wait as long as they may.
        if (throttle.TryPass(error.ConditionReason, out var suppressed))
        {
            Log.LookupFailed(logger, Exporter.Id, entry.Slug, error.Message, suppressed);
        }

        entry.Fail(error.Message, clock.Now, ProjectLookups.RecheckInterval);
        if (entry.Route is not null || entry.Refusal is not null)
        {
            // What is known still stands. Where data are held, it is asked again; else the next comparison or refused batch does that.
            var isHeld = entry is { IsGone: true } or { Route.IsHeld: true };
            var again = IsEverybodys(error) ? LookupPacer.Pause(attempt + 2) : ProjectLookups.RecheckInterval;
            return new Verdict(isHeld ? again : null, permit, Failed: true, Changed: false);
        }

        var pause = error.IsTransient || IsEverybodys(error) ? LookupPacer.Pause(attempt) : LookupPacer.Pause(attempt) * 2;
        return new Verdict(error.Cause?.RetryAfter is { } asked && asked > pause ? asked : pause, permit, Failed: true, Changed: false);
    }

    private void Release(ref bool permit)
    {
        if (permit)
        {
            quota.Return();
            permit = false;
        }
    }
}
