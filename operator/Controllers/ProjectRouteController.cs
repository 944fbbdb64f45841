using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.References;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.Traffic;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Operator.Controllers;

/// <summary>
/// Gives every route its project in Sentry and says truthfully how far it is. The second pass looks at gateways and exporter only, and asks
/// Sentry nothing.
/// </summary>
internal sealed class ProjectRouteController(
    OperatorServices services,
    IStore<SentryExporter> exporters,
    RouteIndex routes,
    RouteAcceptance acceptance,
    RouteProgramming programming,
    ProjectRouteTimes times,
    Random random,
    TrafficBoard? traffic = null) : IEntityStatusController<SentryProjectRoute>
{
    // A limit ends in whole seconds, and a turn comes no earlier than its time.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    private readonly RouteMemory _memory = new();
    private readonly RouteBackoff _backoff = new(times, random);
    private readonly LostProject _lost = new(services.Client);
    private readonly RouteStatusComposer _composer = new(services.TimeProvider);
    private RouteMarks? _marks;
    private ProjectResolver? _resolver;
    private ProjectPlanner? _planner;

    private RouteMarks Marks => _marks ??= new RouteMarks(services.Client, _memory);

    /// <summary>Knows what a route asks of Sentry.</summary>
    public ProjectResolver Resolver => _resolver ??= new ProjectResolver(services, _memory, Marks, times.Recheck);

    private ProjectPlanner Planner => _planner ??= new ProjectPlanner(services, Resolver, _memory);

    /// <summary>Wakes the second pass of a route after a while; set when the controller is hooked up.</summary>
    public Action<ObjectKey, TimeSpan>? CheckStatusAfter { get; set; }

    /// <inheritdoc/>
    public async Task<ReconciliationResult> ReconcileAsync(SentryProjectRoute route, CancellationToken cancellationToken)
    {
        var key = RouteClaims.ExporterOf(route);
        var exporter = exporters.Get(key);
        if (route.Metadata.DeletionTimestamp is not null)
        {
            return await RemoveAsync(route, exporter, cancellationToken).ConfigureAwait(false);
        }

        var accepted = acceptance.Of(route, exporter);
        if (!accepted.IsAccepted || exporter is null || route.Spec.Suspend || exporter.Spec.Suspend)
        {
            // Whatever changes this wakes the route: itself, its exporter, its rivals, its namespace.
            await WriteAsync(route, exporter, accepted, Standstill(route, exporter), cancellationToken).ConfigureAwait(false);
            return ReconciliationResult.Success();
        }

        if (PlanMark.IsOn(route, exporter))
        {
            var plan = await Planner.PlanAsync(route, exporter, () => routes.Of(key), cancellationToken).ConfigureAwait(false);
            await WriteAsync(route, exporter, accepted, Standstill(route, exporter), cancellationToken, plan).ConfigureAwait(false);
            return ReconciliationResult.RequeueAfter(_backoff.Spread(times.Recheck));
        }

        var isRefused = traffic?.Read(route)?.IsRefused ?? false;
        var found = await Resolver.ResolveAsync(route, exporter, () => routes.Of(key), isRefused, cancellationToken).ConfigureAwait(false);
        var (project, next) = Next(route, found);
        await WriteAsync(route, exporter, accepted, project, cancellationToken).ConfigureAwait(false);
        if (project.IsReady && _memory.PendingOf(route) is not null)
        {
            await Marks.ClearIntentAsync(route, cancellationToken).ConfigureAwait(false);
        }

        TellReplacement(route, project);
        return next;
    }

    /// <inheritdoc/>
    public async Task<ReconciliationResult> ReconcileStatusAsync(SentryProjectRoute route, CancellationToken cancellationToken)
    {
        if (route.Metadata.DeletionTimestamp is not null)
        {
            return ReconciliationResult.Success();
        }

        var exporter = exporters.Get(RouteClaims.ExporterOf(route));
        var accepted = acceptance.Of(route, exporter);
        var before = _memory.StatusOf(route);
        if (before?.ObservedGeneration != route.Metadata.Generation
            || before?.Conditions.FindCondition(RouteReasons.AcceptedType)?.Reason != accepted.Reason)
        {
            // A reconcile is due, or on its way, and will say all of this better.
            return ReconciliationResult.Success();
        }

        var plan = PlanMark.IsOn(route, exporter) ? RoutePlan.Of(before) : null;
        await WriteAsync(route, exporter, accepted, Preserved(before), cancellationToken, plan).ConfigureAwait(false);
        return ReconciliationResult.Success();
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        _memory.Forget(key);
        _backoff.Forget(key);
        Resolver.Forget(key);
        traffic?.Forget(key);
        services.References?.Release(new ReferenceUser(ReferenceUserKind.Route, key));
        services.Status.Forget("SentryProjectRoute", key);
        return Task.FromResult(ReconciliationResult.Success());
    }

    private async Task<ReconciliationResult> RemoveAsync(SentryProjectRoute route, SentryExporter? exporter, CancellationToken cancellationToken)
    {
        if (route.Metadata.Finalizers?.Contains(RouteAnnotations.Finalizer) != true)
        {
            return ReconciliationResult.Success();
        }

        var removal = new ProjectRemoval(services, _memory, Resolver, new ProjectUsers(exporters, routes.Informer.Store, DsnOfAsync), times.RemovalDeadline);
        var outcome = await removal.RemoveAsync(route, exporter, cancellationToken).ConfigureAwait(false);
        if (outcome.IsDone)
        {
            if (exporter is { Metadata.DeletionTimestamp: null })
            {
                await Resolver.LeaveAsync(route, exporter, outcome, cancellationToken).ConfigureAwait(false);
            }

            services.Events.Event(route, outcome.IsUnusual ? EventType.Warning : EventType.Normal, outcome.Reason, "Delete", outcome.Message);
            await Marks.ReleaseAsync(route, cancellationToken).ConfigureAwait(false);
            return ReconciliationResult.Success();
        }

        var accepted = new AcceptanceVerdict(
            false, RouteReasons.Deleting, $"waits for the project to be deleted; annotation {RouteAnnotations.AbandonProject}: \"true\" lets the route go without");
        var project = new ProjectOutcome(false, outcome.Reason, outcome.Message, _memory.StatusOf(route)?.Project);
        var plan = outcome.IsPlanned ? new RoutePlan(true, outcome.Reason, outcome.Message) : null;
        await WriteAsync(route, exporter, accepted, project, cancellationToken, plan).ConfigureAwait(false);
        return outcome.IsPlanned
            ? ReconciliationResult.RequeueAfter(_backoff.Spread(times.Recheck))
            : ReconciliationResult.Failure(outcome.Reason, outcome.Message);
    }

    private async Task<Dsn?> DsnOfAsync(SentryExporter exporter, CancellationToken cancellationToken) =>
        (await services.Connections.GetAsync(exporter, cancellationToken).ConfigureAwait(false)).Dsn;

    private async Task WriteAsync(
        SentryProjectRoute route,
        SentryExporter? exporter,
        AcceptanceVerdict accepted,
        ProjectOutcome project,
        CancellationToken cancellationToken,
        RoutePlan? plan = null)
    {
        var before = _memory.StatusOf(route);
        var programmed = accepted.IsAccepted && exporter is not null
            ? programming.Of(route, exporter, project.Project)
            : new ProgrammingVerdict(false, accepted.Reason, accepted.Message);
        var observed = traffic?.Read(route);
        var status = _composer.Compose(route, exporter, before, accepted, project, programmed, observed, plan);
        await _lost.RemoveAsync(route, before?.Project, status.Project, cancellationToken).ConfigureAwait(false);
        var written = await services.Status.WriteAsync(
            route, RouteStatusComposer.OwnPart(route.Status), status, CrdJsonContext.Default.SentryProjectRouteStatus, cancellationToken).ConfigureAwait(false);
        if (written == StatusWrite.Gone)
        {
            return;
        }

        _memory.Remember(route, status);
        TellTransitions(route, before, status);
        var now = services.TimeProvider.GetUtcNow();
        if (exporter is not null && observed?.NextChange(now, QueueAge.Of(exporter)) is { } change)
        {
            CheckStatusAfter?.Invoke(ObjectKey.Of(route), change - now + Margin);
        }
    }

    private void TellTransitions(SentryProjectRoute route, SentryProjectRouteStatus? before, SentryProjectRouteStatus after)
    {
        foreach (var type in new[] { RouteReasons.AcceptedType, RouteReasons.ProjectReadyType })
        {
            var (was, now) = (before?.Conditions.FindCondition(type), after.Conditions.FindCondition(type)!);
            if (was?.Status != now.Status || was.Reason != now.Reason)
            {
                services.Events.Event(
                    route, now.Status == ConditionStatus.True ? EventType.Normal : EventType.Warning, now.Reason!, "Reconcile", now.Message ?? "");
            }
        }

        if (RoutePlan.Of(after) is { } plan && plan != RoutePlan.Of(before))
        {
            services.Events.Event(route, plan.IsPossible ? EventType.Normal : EventType.Warning, plan.Reason, "Plan", plan.Message);
        }

        if (after.Conditions.IsConditionTrue(RouteReasons.ReadyType) && !(before?.Conditions.IsConditionTrue(RouteReasons.ReadyType) ?? false))
        {
            services.Events.Event(route, EventType.Normal, RouteReasons.Ready, "Reconcile", "a span sent now would arrive");
        }

        TellRefusals(route, before, after);
    }

    /// <summary>What Sentry does to the route's data, once when it begins and once when a limit ends.</summary>
    private void TellRefusals(SentryProjectRoute route, SentryProjectRouteStatus? before, SentryProjectRouteStatus after)
    {
        var limited = after.Conditions.FindCondition(RouteReasons.RateLimitedType);
        var wasLimited = before?.Conditions.IsConditionTrue(RouteReasons.RateLimitedType) ?? false;
        if (limited?.Status == ConditionStatus.True && !wasLimited)
        {
            services.Events.Event(route, EventType.Warning, RouteReasons.LimitedBySentry, "Observe", limited.Message ?? "");
        }
        else if (limited?.Status == ConditionStatus.False && wasLimited)
        {
            services.Events.Event(route, EventType.Normal, RouteReasons.RateLimitEnded, "Observe", limited.Message ?? "");
        }

        var ready = after.Conditions.FindCondition(RouteReasons.ReadyType);
        if (ready?.Reason == RouteReasons.RefusedBySentry && before?.Conditions.FindCondition(RouteReasons.ReadyType)?.Reason != ready.Reason)
        {
            services.Events.Event(route, EventType.Warning, RouteReasons.RefusedBySentry, "Observe", ready.Message ?? "");
        }
    }

    /// <summary>Nothing is looked up: what was known of the project still holds, and what was not stays open.</summary>
    private ProjectOutcome Standstill(SentryProjectRoute route, SentryExporter? exporter)
    {
        var before = _memory.StatusOf(route);
        if (before?.Conditions.FindCondition(RouteReasons.ProjectReadyType) is not null)
        {
            return Preserved(before);
        }

        return PlanMark.IsOn(route, exporter)
            ? new ProjectOutcome(false, PlanReasons.OnlyPlanned, $"nothing is done while annotation {SentryOtelGroup.PlanAnnotation} is there: see condition {PlanReasons.PlannedType}", null)
            : route.Spec.Suspend ? new ProjectOutcome(false, RouteReasons.Suspended, "the route is suspended", null)
            : exporter?.Spec.Suspend == true ? new ProjectOutcome(false, RouteReasons.ExporterSuspended, "the exporter is suspended", null)
            : new ProjectOutcome(false, RouteReasons.Pending, "the exporter has not taken the route", null);
    }

    private static ProjectOutcome Preserved(SentryProjectRouteStatus before)
    {
        var condition = before.Conditions.FindCondition(RouteReasons.ProjectReadyType);
        return new ProjectOutcome(
            condition?.Status == ConditionStatus.True, condition?.Reason ?? RouteReasons.Pending, condition?.Message ?? "", before.Project);
    }

    /// <summary>When the route is looked at again. The status names the time where waiting is all that people can do.</summary>
    private (ProjectOutcome Project, ReconciliationResult Next) Next(SentryProjectRoute route, ProjectOutcome project)
    {
        var key = ObjectKey.Of(route);
        if (project.Recheck is not (ProjectRecheck.WithBackoff or ProjectRecheck.AtTime))
        {
            _backoff.Forget(key);
            return (project, project.Recheck switch
            {
                ProjectRecheck.InTurn => ReconciliationResult.RequeueAfter(project.RetryAfter + Margin),
                ProjectRecheck.NowAndThen => ReconciliationResult.RequeueAfter(_backoff.Spread(times.Recheck)),
                _ => ReconciliationResult.Success(),
            });
        }

        var pause = project.Recheck == ProjectRecheck.AtTime ? _backoff.Spread(project.RetryAfter + TimeSpan.FromSeconds(1)) : _backoff.Next(key);
        if (project.IsTransient)
        {
            var at = services.TimeProvider.GetUtcNow() + pause + TimeSpan.FromSeconds(0.5);
            project = project with { Message = string.Create(CultureInfo.InvariantCulture, $"{project.Message}; next try at {at:yyyy-MM-dd'T'HH:mm:ss'Z'}") };
        }

        return (project, ReconciliationResult.FailureRetriedAfter(project.Reason, project.Message, pause));
    }

    private void TellReplacement(SentryProjectRoute route, ProjectOutcome project)
    {
        if (project is { IsReady: true, Replaced: { } gone } && project.Reason != RouteReasons.ProjectRenamed)
        {
            services.Events.Event(
                route, EventType.Warning, RouteReasons.ProjectReplaced, "Reconcile", $"project {gone} is not this route's any more: it sends to project {project.Project!.Id} now; {project.Message}");
        }
    }
}
