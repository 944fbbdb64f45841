using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.References;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Catalogs;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Projects;
using Adoption = SentryOtel.Sentry.Projects.AdoptionPolicy;
using AdoptionPolicy = SentryOtel.Crds.AdoptionPolicy;

namespace SentryOtel.Operator.Projects;

/// <summary>Finds or creates the project of a route that its exporter has accepted.</summary>
internal sealed class ProjectResolver(OperatorServices services, RouteMemory memory, RouteMarks marks, TimeSpan recheck)
{
    private static readonly TimeSpan Fresh = new CatalogTimes().Fresh;

    private readonly AutoCreationGate _gate = new(memory, services.Client, services.TimeProvider);

    /// <summary>Resolves the project. May add the route's finalizer and note an intent, never writes its status.</summary>
    /// <param name="route">The route; its metadata is brought up to date when it is written.</param>
    /// <param name="exporter">Its exporter.</param>
    /// <param name="siblings">Gives all routes of the exporter as they are at the time.</param>
    /// <param name="isRefused">Whether Sentry's ingest refuses the project, so that what is known of it does not count.</param>
    /// <param name="cancellationToken">Ends it; a create that was sent may still be carried out.</param>
    public async Task<ProjectOutcome> ResolveAsync(
        SentryProjectRoute route,
        SentryExporter exporter,
        Func<IReadOnlyList<SentryProjectRoute>> siblings,
        bool isRefused,
        CancellationToken cancellationToken)
    {
        if (route.Spec.DsnSecretRef is { } reference)
        {
            if (ExporterConnections.Refuse(exporter) is { } refusal)
            {
                // Its change wakes the route.
                return new ProjectOutcome(false, refusal.Reason, refusal.Message, memory.StatusOf(route)?.Project);
            }

            return await ReadDsnAsync(route, exporter, reference, cancellationToken).ConfigureAwait(false);
        }

        services.References?.Release(ReferenceUser.Of(route));
        var known = memory.StatusOf(route)?.Project;
        var connection = await services.Connections.GetAsync(exporter, cancellationToken).ConfigureAwait(false);
        if (connection.Error is { } error)
        {
            return new ProjectOutcome(false, error.Reason, error.Message, known) { Recheck = ProjectRecheck.NowAndThen };
        }

        if (connection.Api is not { } api)
        {
            return new ProjectOutcome(
                false, RouteReasons.NoOrganization, "the exporter has a DSN and no organization: name the project by dsnSecretRef", null);
        }

        var request = Request(route, exporter, known);
        var view = services.Catalogs.Of(connection, services.TimeProvider).ViewFor(api, request, MaxAgeOf(route, isRefused));
        return await ProvisionAsync(route, exporter, siblings, view, request, known, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets a route that is gone.</summary>
    public void Forget(ObjectKey route) => _gate.Forget(route);

    /// <summary>Before a route goes: what stays of it counts for <c>projects.maxAutoCreated</c> on, what was deleted no longer does.</summary>
    public async Task LeaveAsync(SentryProjectRoute route, SentryExporter exporter, RemovalOutcome outcome, CancellationToken cancellationToken)
    {
        var project = memory.StatusOf(route)?.Project;
        if (route.Spec.Project?.Slug is not { } slug || !outcome.HadProject || OrganizationUrl.IsElsewhere(exporter, project?.OrganizationUrl))
        {
            return;
        }

        if (outcome.Reason == RouteReasons.ProjectDeleted)
        {
            await _gate.Left.RemoveAsync(exporter, slug, cancellationToken).ConfigureAwait(false);
        }
        else if (AutoCreationQuota.IsAutomatic(route) && (project is { Created: true } || memory.IntentOf(route, exporter) is not null))
        {
            await _gate.Left.AddAsync(exporter, slug, project?.Id, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// How old what is known may be. Of a project that is ready the watch tells what changes; one that is missing is waited for; what a person has just asked for, or what
    /// Sentry refuses, has to be looked at.
    /// </summary>
    private TimeSpan MaxAgeOf(SentryProjectRoute route, bool isRefused)
    {
        var status = memory.StatusOf(route);
        return isRefused || status?.ObservedGeneration != route.Metadata.Generation ? Fresh
            : status!.Conditions.IsConditionTrue(RouteReasons.ProjectReadyType) ? TimeSpan.MaxValue
            : recheck;
    }

    private async Task<ProjectOutcome> ReadDsnAsync(
        SentryProjectRoute route, SentryExporter exporter, SecretKeyReference reference, CancellationToken cancellationToken)
    {
        var secrets = new SecretReader(services.Client);
        var text = await secrets.ReadAsync(route.Metadata.Namespace!, reference, cancellationToken).ConfigureAwait(false);
        var user = ReferenceUser.Of(route);
        services.References?.Use(user, secrets.VersionsOf(secrets.Versions.Keys));
        if (!text.TryGet(out var value, out var error))
        {
            return new ProjectOutcome(false, error.Reason, error.Message, null) { Recheck = ProjectRecheck.NowAndThen };
        }

        if (!Dsn.TryParse(value, out var dsn, out var problem))
        {
            return new ProjectOutcome(
                false, CredentialReasons.InvalidDsn, $"key \"{reference.Key}\" of Secret {route.Metadata.Namespace}/{reference.Name}: {problem}", null)
            {
                Recheck = ProjectRecheck.NowAndThen,
            };
        }

        var endpoints = OtlpEndpoints.FromDsn(dsn).WithIngestUrl(IngestUrl(exporter));
        return new ProjectOutcome(true, RouteReasons.DsnAccepted, $"project {dsn.ProjectId}, by its DSN", new RouteProjectStatus
        {
            Id = dsn.ProjectId,
            PublicKey = dsn.PublicKey,
            Endpoints = new RouteProjectEndpoints { Traces = endpoints.Traces.AbsoluteUri, Logs = endpoints.Logs.AbsoluteUri },
        })
        {
            Recheck = services.References?.IsFollowed(user) == true ? default : ProjectRecheck.NowAndThen,
        };
    }

    private async Task<ProjectOutcome> ProvisionAsync(
        SentryProjectRoute route,
        SentryExporter exporter,
        Func<IReadOnlyList<SentryProjectRoute>> siblings,
        ISentryApiClient api,
        ProvisionRequest request,
        RouteProjectStatus? known,
        CancellationToken cancellationToken)
    {
        var wished = MayCreate(route, exporter);
        var isAutomatic = wished && AutoCreationQuota.IsAutomatic(route);
        var refusal = isAutomatic ? _gate.Enter(route, exporter, siblings) : null;
        request = request with { MayCreate = wished && refusal is null };
        var result = await new ProjectProvisioner(api, services.TimeProvider).ProvisionAsync(request, cancellationToken).ConfigureAwait(false);
        if (isAutomatic)
        {
            _gate.Leave(route, exporter, refusal, result);
        }
        else if (!AutoCreationQuota.IsAutomatic(route))
        {
            _gate.Forget(ObjectKey.Of(route));
        }

        return result.Project is { } project ? Found(project, request, exporter, known) : Failed(result.Error!, known, refusal);
    }

    /// <summary>What the route asks of Sentry.</summary>
    public ProvisionRequest Request(SentryProjectRoute route, SentryExporter exporter, RouteProjectStatus? known)
    {
        var project = route.Spec.Project!;
        var remembered = known is { Id: { Length: > 0 } id } ? new KnownProject(id, known.Slug ?? "", known.Created, known.PublicKey) : null;
        var isElsewhere = OrganizationUrl.IsElsewhere(exporter, known?.OrganizationUrl);
        return new ProvisionRequest
        {
            Owner = route.Metadata.Uid!,
            Slug = project.Slug,
            Name = project.Name,
            Platform = project.Platform ?? exporter.Spec.Projects.Platform,
            Team = project.Team ?? exporter.Spec.Projects.Team,
            SeveralTeams = SeveralTeams.Refuse,
            Adoption = (route.Spec.AdoptionPolicy ?? exporter.Spec.Projects.AdoptionPolicy) switch
            {
                AdoptionPolicy.Adopt => Adoption.Adopt,
                AdoptionPolicy.CreateOnly => Adoption.CreateOnly,
                _ => Adoption.Reference,
            },
            IngestUrl = IngestUrl(exporter),
            Known = isElsewhere ? null : remembered,
            KnownElsewhere = isElsewhere ? remembered : null,
            Intent = memory.IntentOf(route, exporter),
            RecordIntent = (intent, token) => marks.RecordAsync(
                route, intent is null ? null : new RoutePendingCreate { Slug = intent.Slug, Time = intent.Time, OrganizationUrl = OrganizationUrl.Of(exporter) }, token),
        };
    }

    /// <summary>An exporter that creates projects does so for every route; CreateOnly on the route itself is a person's word that it be created.</summary>
    public static bool MayCreate(SentryProjectRoute route, SentryExporter exporter) =>
        exporter.Spec.AutoCreateProjects || (route.Spec.AdoptionPolicy == AdoptionPolicy.CreateOnly && !AutoCreationQuota.IsAutomatic(route));

    /// <summary>Why no project is made though the exporter makes projects.</summary>
    public static string QuotaMessage(SentryExporter exporter) =>
        $"the exporter has created projects.maxAutoCreated ({exporter.Spec.Projects.MaxAutoCreated}) projects by itself: raise it, or create the project";

    /// <summary>Where data of an exporter are sent instead of where Sentry says. One that is no address is refused before: data must not go elsewhere.</summary>
    public static Uri? IngestUrl(SentryExporter exporter) => HttpAddress.TryParse(exporter.Spec.Ingest?.UrlOverride, out var uri) ? uri : null;

    private static ProjectOutcome Found(ProvisionedProject project, ProvisionRequest request, SentryExporter exporter, RouteProjectStatus? known)
    {
        var (reason, message) = project switch
        {
            { Renamed: true } => (RouteReasons.ProjectRenamed, $"project \"{request.Slug}\" is now called \"{project.Slug}\" in Sentry and is still used"),
            { Created: true } => (RouteReasons.ProjectCreated, $"project \"{project.Slug}\" was created for this route"),
            _ when request.Adoption == Adoption.Adopt => (RouteReasons.ProjectAdopted, $"project \"{project.Slug}\" was there before and is kept as specified"),
            _ => (RouteReasons.ProjectFound, $"project \"{project.Slug}\" was there before and is left as it is"),
        };
        return new ProjectOutcome(true, reason, project.Warning is { } warning ? $"{message}; {warning}" : message, StatusOf(project, exporter))
        {
            Replaced = project.ReplacedId is { } replaced && OrganizationUrl.IsElsewhere(exporter, known?.OrganizationUrl) ? $"{replaced} of {known!.OrganizationUrl}" : project.ReplacedId,
        };
    }

    /// <summary>What a status says of a project.</summary>
    public static RouteProjectStatus StatusOf(ProvisionedProject project, SentryExporter exporter) => new()
    {
        Id = project.Id,
        Slug = project.Slug,
        OrganizationUrl = OrganizationUrl.Of(exporter),
        Created = project.Created,
        PublicKey = project.PublicKey,
        Endpoints = new RouteProjectEndpoints { Traces = project.Endpoints.Traces.AbsoluteUri, Logs = project.Endpoints.Logs.AbsoluteUri },
    };

    /// <summary>Where a status says that data are sent; null when it does not.</summary>
    public static OtlpEndpoints? EndpointsOf(RouteProjectStatus? project) => project?.Endpoints is { Traces: { } traces, Logs: { } logs }
        && Uri.TryCreate(traces, UriKind.Absolute, out var tracesUri) && Uri.TryCreate(logs, UriKind.Absolute, out var logsUri)
            ? new OtlpEndpoints(tracesUri, logsUri)
            : null;

    private static ProjectOutcome Failed(ProvisionError error, RouteProjectStatus? known, ProjectOutcome? refusal) => error switch
    {
        { IsTransient: true, Cause.RetryAfter: { } wait } => new ProjectOutcome(false, error.ConditionReason, error.Message, known)
        {
            Recheck = ProjectRecheck.AtTime,
            RetryAfter = wait,
            IsTransient = true,
        },
        { IsTransient: true } or { Reason: ProvisionErrorReason.Sentry } =>
            new ProjectOutcome(false, error.ConditionReason, error.Message, known) { Recheck = ProjectRecheck.WithBackoff, IsTransient = error.IsTransient },
        { Reason: ProvisionErrorReason.ProjectNotFound } when refusal is not null => refusal,

        // The project is there: whose it is must not be forgotten.
        { Reason: ProvisionErrorReason.NoActiveKey or ProvisionErrorReason.InvalidKey } => new ProjectOutcome(false, error.ConditionReason, error.Message, Keyless(known))
        {
            Recheck = ProjectRecheck.NowAndThen,
        },

        // A refused create costs two writes of the route: the longer it lasts, the rarer it is tried.
        { Reason: ProvisionErrorReason.TeamNotFound or ProvisionErrorReason.InvalidSlug or ProvisionErrorReason.SlugTaken } =>
            new ProjectOutcome(false, error.ConditionReason, error.Message, null) { Recheck = ProjectRecheck.WithBackoff },
        _ => new ProjectOutcome(false, error.ConditionReason, error.Message, null) { Recheck = ProjectRecheck.NowAndThen },
    };

    private static RouteProjectStatus? Keyless(RouteProjectStatus? known) =>
        known is null ? null : new RouteProjectStatus { Id = known.Id, Slug = known.Slug, OrganizationUrl = known.OrganizationUrl, Created = known.Created };
}
