using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Discovery;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.References;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Controllers;

/// <summary>
/// Brings an exporter's gateway in line: validate, look at the credentials, apply the children, report. What the workload and the routes say about themselves
/// only wakes a report.
/// </summary>
internal sealed class ExporterController(OperatorServices services, GatewayWorkloads workloads, RouteIndex routes, PlannedServices planned, DiscoveryBoard discovery, Random random)
    : IEntityStatusController<SentryExporter>
{
    private readonly CredentialCheck _credentials = new(services.Options.Times, services.TimeProvider);
    private readonly MountedSecrets _mounted = new(
        services.Client, services.Options.Times.MountLag, services.TimeProvider, services.LoggerFactory.CreateLogger<MountedSecrets>());
    private readonly ProjectPlanner _planner = ProjectPlanner.Create(services);
    private readonly GatewayChildren _children = new(services.Client);
    private readonly SettledChildren _settled = new(services.Options.Times.SafetyPoll, services.TimeProvider);
    private readonly ConcurrentDictionary<ObjectKey, ExporterObservation> _observations = new();
    private readonly ConcurrentDictionary<ObjectKey, (string? Uid, SentryExporterStatus Status)> _written = new();

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
            { Children.Leaving: not null } => ReconciliationResult.RequeueAfter(services.Options.Times.StorageSwitchPoll),
            { PodsToldAfter: { } wait } => ReconciliationResult.RequeueAfter(wait),
            { Credentials: { IsTransient: true } unknown } => ReconciliationResult.Failure(unknown.Reason, unknown.Message),
            { IsSettled: true } when services.References?.IsFollowed(ReferenceUser.Of(entity)) == true => ReconciliationResult.RequeueAfter(SafetyPoll()),

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
        _children.Forget(key);
        _settled.Forget(key);
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

        var secrets = new SecretReader(services.Client);
        try
        {
            return await ObserveAsync(exporter, secrets, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            services.References?.Use(ReferenceUser.Of(exporter), secrets.VersionsOf(ExporterReferences.Of(exporter)));
        }
    }

    private async Task<ExporterObservation> ObserveAsync(SentryExporter exporter, SecretReader secrets, CancellationToken cancellationToken)
    {
        var connection = await services.Connections.ReadAsync(exporter, secrets, cancellationToken).ConfigureAwait(false);
        var credentials = await _credentials.CheckAsync(exporter, connection, cancellationToken).ConfigureAwait(false);
        var isPlanned = PlanMark.IsOn(exporter);
        if (isPlanned && connection.Error is null)
        {
            return new ExporterObservation(exporter.Metadata.Uid!, exporter.Metadata.Generation, credentials)
            {
                IsPlanned = true,
                Fallback = await PlanFallbackAsync(exporter, cancellationToken).ConfigureAwait(false),
            };
        }

        var missing = await GatewaySecrets.FindMissingAsync(exporter, secrets, cancellationToken).ConfigureAwait(false);
        var observation = new ExporterObservation(exporter.Metadata.Uid!, exporter.Metadata.Generation, credentials)
        {
            // A kubelet takes nothing as long as something is missing.
            PodsToldAfter = missing is null && !isPlanned ? await _mounted.RefreshAsync(exporter, secrets.Versions, cancellationToken).ConfigureAwait(false) : null,
        };
        if (connection.Error is not null || missing is not null)
        {
            // A gateway that runs goes on with what it has.
            return connection.Error is null ? observation with { Credentials = CredentialState.Of(missing!) } : observation;
        }

        return observation with { Children = await ChildrenAsync(exporter, cancellationToken).ConfigureAwait(false) };
    }

    private async Task<ChildrenOutcome> ChildrenAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        // Taken before anything is written: what changes while children are applied is looked at again.
        var live = workloads.VersionsOf(exporter);
        if (_settled.Find(exporter, live) is { } settled)
        {
            return settled;
        }

        var versions = await VersionChoice.AskAsync(services.Client.Discovery, exporter.Spec, cancellationToken).ConfigureAwait(false);
        var inputs = new GatewayInputs(exporter, services.Options.GatewayImage, versions);
        var outcome = await _children.ApplyAsync(inputs, MayHaveLeftClaims(exporter), cancellationToken).ConfigureAwait(false);
        _settled.Keep(exporter, live, outcome);
        return outcome;
    }

    private async Task<RoutePlan?> PlanFallbackAsync(SentryExporter exporter, CancellationToken cancellationToken) =>
        exporter.Spec.Routing is { OnMissingAttribute: MissingAttributePolicy.Fallback, FallbackProject: { } slug }
            ? await _planner.PlanFallbackAsync(exporter, slug, cancellationToken).ConfigureAwait(false)
            : null;

    private async Task ReportAsync(SentryExporter exporter, ExporterObservation observation, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(exporter);
        var previous = Previous(exporter);
        var (workload, leaving) = workloads.Of(exporter);
        var pods = GatewayState.NeedsPods(workload) ? await PodsAsync(exporter, cancellationToken).ConfigureAwait(false) : [];
        var own = routes.Of(key);
        var found = observation with { Announced = planned.Of(key) };
        var status = ExporterStatus.Build(
            exporter, previous, found, GatewayState.Of(workload, leaving, pods), own, services.TimeProvider, discovery.Of(key, previous?.Discovery));
        var write = await services.Status.WriteAsync(
            exporter, exporter.Status, status, CrdJsonContext.Default.SentryExporterStatus, cancellationToken).ConfigureAwait(false);
        if (write == StatusWrite.Gone)
        {
            _written.TryRemove(key, out _);
            return;
        }

        _written[key] = (exporter.Metadata.Uid, status);
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
