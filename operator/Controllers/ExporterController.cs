using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Discovery;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.References;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Controllers;

/// <summary>
/// Brings an exporter's gateway in line: validate, look at the credentials, apply the children, report. What the workload and the routes say about themselves
/// only wakes a report.
/// </summary>
/// <param name="services">What controllers work with.</param>
/// <param name="workloads">The cached workloads.</param>
/// <param name="routes">The routes by exporter.</param>
/// <param name="gateway">Brings gateways in line.</param>
/// <param name="sharing">Who shares a gateway.</param>
/// <param name="leases">Whom gateways say that they serve.</param>
/// <param name="planned">What would be done for exporters that are only planned.</param>
/// <param name="discovery">What discovery found.</param>
/// <param name="board">What stands in the way of routing tables.</param>
/// <param name="random">Jitter.</param>
internal sealed class ExporterController(
    OperatorServices services,
    GatewayWorkloads workloads,
    RouteIndex routes,
    GatewayRollout gateway,
    SharedGateways sharing,
    GatewayLeases leases,
    PlannedServices planned,
    DiscoveryBoard discovery,
    RoutingTableBoard board,
    Random random)
    : IEntityStatusController<SentryExporter>
{
    private readonly CredentialCheck _credentials = new(services.Options.Times, services.TimeProvider);
    private readonly MountedSecrets _mounted = new(
        services.Client, services.Options.Times.MountLag, services.TimeProvider, services.LoggerFactory.CreateLogger<MountedSecrets>());
    private readonly ProjectPlanner _planner = ProjectPlanner.Create(services);
    private readonly ConcurrentDictionary<ObjectKey, ExporterObservation> _observations = new();
    private readonly ConcurrentDictionary<ObjectKey, (string? Uid, string Organization, SentryExporterStatus Status)> _written = new();

    /// <summary>Wakes the report of an exporter after a while; set when the controller is hooked up.</summary>
    public Action<ObjectKey, TimeSpan>? ReportAfter { get; set; }

    public async Task<ReconciliationResult> ReconcileAsync(SentryExporter entity, CancellationToken cancellationToken)
    {
        if (entity.Metadata.DeletionTimestamp is not null)
        {
            return ReconciliationResult.Success();
        }

        var observation = await ObserveAsync(entity, cancellationToken).ConfigureAwait(false);
        _observations[ObjectKey.Of(entity)] = observation;
        await ReportAsync(entity, observation, cancellationToken).ConfigureAwait(false);
        return observation switch
        {
            { Halted: { Reason: CredentialReasons.InvalidSpec } halted } => ReconciliationResult.Terminal(halted.Reason, halted.Message),
            { Halted: not null } => ReconciliationResult.Success(),
            { Children.Leaving: not null } or { IsMoving: true } => ReconciliationResult.RequeueAfter(services.Options.Times.StorageSwitchPoll),
            { PodsToldAfter: { } wait } => ReconciliationResult.RequeueAfter(wait),
            { Credentials: { IsTransient: true } unknown } => ReconciliationResult.Failure(unknown.Reason, unknown.Message),
            { IsSettled: true } when !entity.Spec.Gateway.Shared && services.References?.IsFollowed(ReferenceUser.Of(entity)) == true => ReconciliationResult.RequeueAfter(SafetyPoll()),

            // Neither the end of a foreign object wakes anybody, nor what is cured in Sentry.
            _ => ReconciliationResult.RequeueAfter(services.Options.Times.SecretPoll),
        };
    }

    public async Task<ReconciliationResult> ReconcileStatusAsync(SentryExporter entity, CancellationToken cancellationToken)
    {
        // Without an observation of this very object a reconcile is still to come, and it reports.
        if (entity.Metadata.DeletionTimestamp is null
            && _observations.TryGetValue(ObjectKey.Of(entity), out var observation)
            && observation.Uid == entity.Metadata.Uid)
        {
            await ReportAsync(entity, observation, cancellationToken).ConfigureAwait(false);
        }

        return ReconciliationResult.Success();
    }

    public Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        _observations.TryRemove(key, out _);
        _written.TryRemove(key, out _);
        _credentials.Forget(key);
        _mounted.Forget(key);
        gateway.Forget(key);
        services.References?.Release(new ReferenceUser(ReferenceUserKind.Exporter, key));
        services.Connections.Forget(key);
        services.Status.Forget(nameof(SentryExporter), key);
        return Task.FromResult(ReconciliationResult.Success());
    }

    private async Task<ExporterObservation> ObserveAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        var (uid, generation) = (exporter.Metadata.Uid!, exporter.Metadata.Generation);
        List<FieldError> errors = [.. SentryExporterValidator.Validate(exporter.Spec), .. UnsupportedSettings.Find(exporter)];
        if (errors.Count > 0)
        {
            services.References?.Release(ReferenceUser.Of(exporter));
            return ExporterObservation.Halt(uid, generation, CredentialReasons.InvalidSpec, string.Join("; ", errors));
        }

        if (exporter.Spec.Suspend)
        {
            return ExporterObservation.Halt(uid, generation, ExporterStatus.Suspended, "spec.suspend is true: nothing is changed until it is false");
        }

        // What a guest's settings of a gateway name is mounted nowhere.
        var isGuest = sharing.SharersOf(exporter)[0].Metadata.Uid != uid;
        GatewayFile[] files = [.. GatewayFiles.OfExporter(exporter), .. isGuest ? [] : GatewayFiles.OfGateway(exporter.Spec)];
        var secrets = new SecretReader(services.Client);
        try
        {
            return await ObserveAsync(exporter, files, secrets, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            services.References?.Use(ReferenceUser.Of(exporter), secrets.VersionsOf(ExporterReferences.Of(exporter, files)));
        }
    }

    private async Task<ExporterObservation> ObserveAsync(SentryExporter exporter, GatewayFile[] files, SecretReader secrets, CancellationToken cancellationToken)
    {
        var connection = await services.Connections.ReadAsync(exporter, secrets, cancellationToken).ConfigureAwait(false);
        var credentials = await _credentials.CheckAsync(exporter, connection, cancellationToken).ConfigureAwait(false);
        var observation = new ExporterObservation(exporter.Metadata.Uid!, exporter.Metadata.Generation, credentials);
        if (PlanMark.IsOn(exporter))
        {
            return connection.Error is not null
                ? observation
                : observation with { IsPlanned = true, Fallback = await PlanFallbackAsync(exporter, cancellationToken).ConfigureAwait(false) };
        }

        // A gateway that runs goes on with what it has, and a kubelet takes nothing as long as something is missing.
        if (await GatewaySecrets.FindMissingAsync(exporter.Metadata.Namespace!, files, secrets, cancellationToken).ConfigureAwait(false) is { } missing)
        {
            return connection.Error is null ? observation with { Credentials = CredentialState.Of(missing) } : observation;
        }

        observation = observation with { PodsToldAfter = await _mounted.RefreshAsync(exporter, files, secrets.Versions, cancellationToken).ConfigureAwait(false) };
        if (connection.Error is not null && !exporter.Spec.Gateway.Shared)
        {
            // A shared one is of others, too, and needs no token.
            return observation;
        }

        var outcome = await gateway.ApplyAsync(exporter, MayHaveLeftClaims(exporter), cancellationToken).ConfigureAwait(false);
        return observation with { Children = outcome.Children, HeldBackBy = outcome.HeldBackBy, IsMoving = outcome.IsMoving };
    }

    private async Task<RoutePlan?> PlanFallbackAsync(SentryExporter exporter, CancellationToken cancellationToken) =>
        exporter.Spec.Routing is { OnMissingAttribute: MissingAttributePolicy.Fallback, FallbackProject: { } slug }
            ? await _planner.PlanFallbackAsync(exporter, slug, cancellationToken).ConfigureAwait(false)
            : null;

    private async Task ReportAsync(SentryExporter exporter, ExporterObservation observation, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(exporter);
        var previous = Previous(exporter);
        var sharers = sharing.SharersOf(exporter);
        var (workload, leaving) = workloads.Of(exporter, sharers[0].Spec.Queue.Storage);
        IReadOnlyCollection<V1Pod> pods = [];
        if (GatewayState.NeedsPods(workload))
        {
            pods = await PodsAsync(exporter, cancellationToken).ConfigureAwait(false);
            ReportAfter?.Invoke(key, services.Options.Times.RolloutPoll);
        }

        var own = routes.Of(key);
        var state = GatewayState.Of(workload, leaving, pods);
        if (exporter.Spec.Gateway.Shared)
        {
            // By this gateway, not by one of its own that it had before.
            var isServed = previous?.Gateway?.Selector == ManifestMetadata.SelectorText(exporter) && previous.Conditions.IsConditionTrue(ExporterStatus.GatewayAvailable);
            state = SharedGatewayState.Of(state, workload, exporter, sharers[0], leases.OfShared(exporter, sharers, isServed), observation.HeldBackBy);
        }

        var found = observation with { Announced = planned.Of(key), TableProblems = board.Of(key) };
        var status = ExporterStatus.Build(
            exporter, sharers[0], previous, found, state, own, services.TimeProvider, discovery.Of(key, previous?.Discovery), KnownOrganization(exporter));
        var write = await services.Status.WriteAsync(
            exporter, ExporterStatus.OwnPart(exporter.Status), status, CrdJsonContext.Default.SentryExporterStatus, cancellationToken).ConfigureAwait(false);
        if (write == StatusWrite.Gone)
        {
            _written.TryRemove(key, out _);
            return;
        }

        _written[key] = (exporter.Metadata.Uid, OrganizationOf(exporter), status);
        if (write == StatusWrite.Written)
        {
            Tell(exporter, previous, status);
        }
    }

    private TimeSpan SafetyPoll()
    {
        lock (random)
        {
            return services.Options.Times.SafetyPoll * (1 + (random.NextDouble() / 5));
        }
    }

    // The condition is there once the gateway has been on disk, and it outlives the operator.
    private bool MayHaveLeftClaims(SentryExporter exporter) => Previous(exporter)?.Conditions.FindCondition(ExporterStatus.VolumesReleased) is not null;

    // The cache may show less than was written.
    private SentryExporterStatus? Previous(SentryExporter exporter) =>
        _written.TryGetValue(ObjectKey.Of(exporter), out var last) && last.Uid == exporter.Metadata.Uid ? last.Status : exporter.Status;

    // Of another organization the status says nothing any more; one that an operator before wrote is of the spec that it says it is of.
    private ExporterOrganization? KnownOrganization(SentryExporter exporter) => _written.TryGetValue(ObjectKey.Of(exporter), out var last) && last.Uid == exporter.Metadata.Uid
        ? last.Organization == OrganizationOf(exporter) ? last.Status.Organization : null
        : exporter.Status?.ObservedGeneration == exporter.Metadata.Generation ? exporter.Status?.Organization : null;

    private static string OrganizationOf(SentryExporter exporter) => $"{exporter.Spec.Url}\n{exporter.Spec.OrgSlug}";

    private async Task<IReadOnlyCollection<V1Pod>> PodsAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        var options = new ListOptions { LabelSelector = ManifestMetadata.SelectorText(exporter) };
        var pods = await services.Client.ListAllAsync<V1Pod>(exporter.Metadata.Namespace, options, cancellationToken).ConfigureAwait(false);
        return [.. pods.Items];
    }

    /// <summary>One event per change of Ready: its reason and message name the cause.</summary>
    private void Tell(SentryExporter exporter, SentryExporterStatus? before, SentryExporterStatus after)
    {
        var now = after.Conditions.FindCondition(ExporterStatus.Ready)!;
        var then = before?.Conditions.FindCondition(ExporterStatus.Ready);
        if (then is null || then.Status != now.Status || then.Reason != now.Reason)
        {
            // Pods that are on their way are no reason to worry anybody.
            var ordinary = now.Status == ConditionStatus.True || (now.Reason == GatewayReasons.NoPodReady && after.Conditions.IsConditionTrue(ExporterStatus.Progressing));
            var type = ordinary ? EventType.Normal : EventType.Warning;
            services.Events.Event(exporter, type, now.Reason!, "Reconcile", now.Message ?? "");
        }

        // While routes are still being looked at the plan grows with each of them.
        if (after.Conditions.FindCondition(PlanReasons.PlannedType) is { } plan
            && plan.Message != before?.Conditions.FindCondition(PlanReasons.PlannedType)?.Message
            && ExporterPlan.Concerned(routes.Of(ObjectKey.Of(exporter))).All(static route => RoutePlan.Of(route.Status) is not null))
        {
            services.Events.Event(exporter, plan.Status == ConditionStatus.True ? EventType.Normal : EventType.Warning, plan.Reason!, "Plan", plan.Message ?? "");
        }
    }
}
