using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Projects;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Catalogs;
using SentryOtel.Sentry.Projects;
using AdoptionPolicy = SentryOtel.Sentry.Projects.AdoptionPolicy;

namespace SentryOtel.Operator.Planning;

/// <summary>Finds out what would become of a route's project: the same steps as the real ones, with a client that changes nothing.</summary>
internal sealed class ProjectPlanner(OperatorServices services, ProjectResolver resolver, RouteMemory memory)
{
    private static readonly TimeSpan Fresh = new CatalogTimes().Fresh;

    // Its grants are of plans alone.
    private readonly AutoCreationQuota _quota = new(isOfPlans: true);

    /// <summary>A planner for routes that nobody works on beside it.</summary>
    public static ProjectPlanner Create(OperatorServices services)
    {
        var memory = new RouteMemory();
        return new ProjectPlanner(services, new ProjectResolver(services, memory, new RouteMarks(services.Client, memory), services.Options.RouteTimes.Recheck), memory);
    }

    /// <summary>The plan for a route that its exporter has accepted.</summary>
    /// <param name="route">The route; it may be one that does not exist yet.</param>
    /// <param name="exporter">Its exporter.</param>
    /// <param name="siblings">Gives all routes of the exporter, this one among them.</param>
    /// <param name="cancellationToken">Ends the questions.</param>
    public async Task<RoutePlan> PlanAsync(
        SentryProjectRoute route, SentryExporter exporter, Func<IReadOnlyList<SentryProjectRoute>> siblings, CancellationToken cancellationToken)
    {
        if (route.Spec.DsnSecretRef is not null)
        {
            return new RoutePlan(true, PlanReasons.WouldUse, "would use the project of the DSN, and change nothing");
        }

        var connection = await services.Connections.GetAsync(exporter, cancellationToken).ConfigureAwait(false);
        if (connection.Api is not { } api)
        {
            var error = connection.Error ?? new CredentialError(RouteReasons.NoOrganization, "the exporter has a DSN and no organization: name the project by dsnSecretRef");
            return new RoutePlan(false, error.Reason, error.Message);
        }

        var wished = ProjectResolver.MayCreate(route, exporter);
        var rationed = wished && AutoCreationQuota.IsAutomatic(route);
        var refusal = rationed ? Refuse(route, exporter, siblings) : null;
        var request = resolver.Request(route, exporter, memory.StatusOf(route)?.Project) with { MayCreate = wished && refusal is null, RecordIntent = null };
        var planning = new PlanningSentryApiClient(services.Catalogs.Of(connection, services.TimeProvider).ViewFor(api, request, Fresh));
        var result = await new ProjectProvisioner(planning, services.TimeProvider).ProvisionAsync(request, cancellationToken).ConfigureAwait(false);
        var creates = planning.Changes.Any(static change => change.Kind == PlannedChangeKind.CreateProject);
        if (rationed && refusal is null && !creates)
        {
            _quota.Forget(ObjectKey.Of(route));
        }

        return Describe(request, result, planning.Changes, refusal);
    }

    /// <summary>The plan for the project that takes data without the routing attribute.</summary>
    public Task<RoutePlan> PlanFallbackAsync(SentryExporter exporter, string slug, CancellationToken cancellationToken)
    {
        var route = new SentryProjectRoute
        {
            Metadata = new V1ObjectMeta { Name = exporter.Metadata.Name, Namespace = exporter.Metadata.Namespace, Uid = exporter.Metadata.Uid },
            Spec = new SentryProjectRouteSpec { Project = new RouteProjectSpec { Slug = slug } },
        };
        return PlanAsync(route, exporter, static () => [], cancellationToken);
    }

    private RoutePlan? Refuse(SentryProjectRoute route, SentryExporter exporter, Func<IReadOnlyList<SentryProjectRoute>> siblings) =>
        !AutoCreationGate.IsAllowed(exporter, route.Spec.AttributeValue) ? new RoutePlan(false, RouteReasons.ServiceNotAllowed, AutoCreationGate.NotAllowedMessage)
        : !_quota.TryTake(exporter, route, siblings, LeftProjects.NotedOf(exporter).ToHashSet(StringComparer.Ordinal)) ? new RoutePlan(false, RouteReasons.MaxAutoCreatedReached, ProjectResolver.QuotaMessage(exporter))
        : null;

    private static RoutePlan Describe(ProvisionRequest request, ProvisionResult result, IReadOnlyList<PlannedChange> changes, RoutePlan? refusal)
    {
        var changed = string.Join(", ", changes.Select(static change => change.Text));
        if (changes.Any(static change => change.Kind == PlannedChangeKind.CreateProject))
        {
            return new RoutePlan(true, PlanReasons.WouldCreate, $"would {changed}");
        }

        if (result.Error is { } error && error.Cause?.Reason != SentryErrorReason.Planned)
        {
            return refusal is not null && error.Reason == ProvisionErrorReason.ProjectNotFound
                ? refusal
                : new RoutePlan(false, error.ConditionReason, error.Message);
        }

        var adopts = request.Adoption == AdoptionPolicy.Adopt && result.Project?.Created != true;
        return new RoutePlan(
            true,
            adopts ? PlanReasons.WouldAdopt : PlanReasons.WouldUse,
            $"would {(adopts ? "adopt" : "use")} project \"{result.Project?.Slug ?? request.Slug}\", which is there, and {(changed.Length == 0 ? "change nothing" : changed)}");
    }
}
