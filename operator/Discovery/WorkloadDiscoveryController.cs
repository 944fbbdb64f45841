using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Discovery;

/// <summary>
/// Gives each service that a workload names a route before its first span, and takes the route away some time after its last
/// workload. While nothing changes it asks the server nothing.
/// </summary>
internal sealed class WorkloadDiscoveryController(
    OperatorServices services, RouteIndex routes, WorkloadInformers workloads, NamespaceLabels namespaces, PlannedServices planned, DiscoveryBoard board)
    : IEntityController<SentryExporter>
{
    private const string Action = "DiscoverWorkloads";
    private const string WorkloadsNotListed = "WorkloadsNotListed";
    private const int NamedServices = 5;
    private const int Creators = 16;

    private static readonly TimeSpan Replan = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongList = TimeSpan.FromSeconds(30);

    private readonly StandingProblems _problems = new();
    private readonly ProjectPlanner _planner = ProjectPlanner.Create(services);
    private readonly ConcurrentDictionary<ObjectKey, long> _waiting = new();
    private readonly DiscoveryWriter _writer = new(
        services.Client, services.TimeProvider, services.LoggerFactory.CreateLogger<WorkloadDiscoveryController>());

    /// <inheritdoc/>
    public async Task<ReconciliationResult> ReconcileAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        if (DiscoveryPlan.IsWanted(exporter) && !workloads.Serve(exporter.Spec.Discovery))
        {
            return Wait(exporter);
        }

        _waiting.TryRemove(ObjectKey.Of(exporter), out _);
        var plan = Compute(exporter, routes.Of(ObjectKey.Of(exporter)));
        if (plan.Creates.Count > 0)
        {
            // The cache may not know yet what this controller, a gateway or a person has just written.
            plan = Compute(exporter, await ReadRoutesAsync(exporter, cancellationToken).ConfigureAwait(false));
        }

        if (PlanMark.IsOn(exporter))
        {
            return await PlanAsync(exporter, plan, cancellationToken).ConfigureAwait(false);
        }

        planned.Forget(ObjectKey.Of(exporter));
        List<Problem> problems = [.. plan.Refusals, .. plan.Unread, .. await CreateAsync(exporter, plan.Creates, cancellationToken).ConfigureAwait(false)];
        if (namespaces.ProblemOf(exporter) is { } unreadable)
        {
            problems.Add(unreadable);
        }

        board.Set(ObjectKey.Of(exporter), DiscoveryBoard.Count(exporter, plan, problems));
        Report(exporter, problems);
        var settled = await KeepAsync(exporter, plan, cancellationToken).ConfigureAwait(false);
        return Next(plan, settled);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        _problems.Forget(key);
        planned.Forget(key);
        _waiting.TryRemove(key, out _);
        board.Forget(key);
        return Task.FromResult(ReconciliationResult.Success());
    }

    private DiscoveryPlan Compute(SentryExporter exporter, IReadOnlyCollection<SentryProjectRoute> known) => DiscoveryPlan.Compute(
        exporter, workloads.Of(exporter), namespaces.All(), known, services.TimeProvider.GetUtcNow());

    // Nothing is decided by half a list: what is not in it would seem to be gone.
    private ReconciliationResult Wait(SentryExporter exporter)
    {
        var since = _waiting.GetOrAdd(ObjectKey.Of(exporter), _ => services.TimeProvider.GetTimestamp());
        if (services.TimeProvider.GetElapsedTime(since) >= LongList)
        {
            Report(exporter, [new Problem(
                "discovery.sources", WorkloadsNotListed, "the workloads are not listed yet, and no service is discovered: may the operator list and watch them? Its log says more")]);
        }

        return ReconciliationResult.RequeueAfter(Soon);
    }

    /// <summary>Says which services would get a route, and what would become of their projects.</summary>
    private async Task<ReconciliationResult> PlanAsync(SentryExporter exporter, DiscoveryPlan plan, CancellationToken cancellationToken)
    {
        var (key, found) = (ObjectKey.Of(exporter), new List<PlannedService>());
        List<SentryProjectRoute> siblings = [.. routes.Of(key)];
        foreach (var service in plan.Creates)
        {
            var route = DiscoveredRoute.Of(exporter, service);
            route.Metadata.Uid = $"planned/{service.Value}";
            siblings.Add(route);
            found.Add(new PlannedService(service.Value, await _planner.PlanAsync(route, exporter, () => siblings, cancellationToken).ConfigureAwait(false)));
        }

        found.AddRange(plan.Deletes.Select(route => WouldDelete(route, exporter)).OfType<PlannedService>());
        planned.Update(key, found);
        List<Problem> problems = [.. plan.Refusals, .. plan.Unread];
        board.Set(key, DiscoveryBoard.Count(exporter, plan, problems));
        Report(exporter, problems);
        return ReconciliationResult.RequeueAfter(Replan);
    }

    /// <summary>A route that is due to go, when its project is to go with it.</summary>
    private static PlannedService? WouldDelete(SentryProjectRoute route, SentryExporter exporter) =>
        (route.Spec.DeletionPolicy ?? exporter.Spec.Projects.DeletionPolicy) == DeletionPolicy.Delete && route.Status?.Project is { Created: true } project
            ? new PlannedService(
                route.Spec.AttributeValue,
                new RoutePlan(true, PlanReasons.WouldDelete, $"would delete route {ObjectKey.Of(route)}, which no workload uses any more, and project \"{project.Slug ?? project.Id}\""))
            : null;

    /// <summary>Makes the routes, several at a time, and returns why some could not be made.</summary>
    private async Task<IEnumerable<Problem>> CreateAsync(SentryExporter exporter, IReadOnlyList<DiscoveredService> creates, CancellationToken cancellationToken)
    {
        var problems = new ConcurrentBag<Problem>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Creators, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(creates, options, async (service, token) =>
        {
            if (await _writer.CreateAsync(exporter, service, token).ConfigureAwait(false) is { } problem)
            {
                problems.Add(problem);
                return;
            }

            services.Events.Event(
                exporter, EventType.Normal, "ServiceDiscovered", Action, $"Service \"{service.Value}\" goes to project \"{service.Slug}\": {service.Workloads}");
        }).ConfigureAwait(false);
        return problems;
    }

    private async Task<IReadOnlyCollection<SentryProjectRoute>> ReadRoutesAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        var (key, space) = (ObjectKey.Of(exporter), exporter.Metadata.Namespace);
        var live = await services.Client.ListAllAsync<SentryProjectRoute>(space, null, cancellationToken).ConfigureAwait(false);
        return
        [
            .. live.Items.Where(route => RouteClaims.ExporterOf(route) == key),
            .. routes.Of(key).Where(route => route.Metadata.Namespace != space),
        ];
    }

    private async Task<bool> KeepAsync(SentryExporter exporter, DiscoveryPlan plan, CancellationToken cancellationToken)
    {
        var settled = true;
        foreach (var route in plan.Marks)
        {
            settled &= await _writer.MarkAsync(exporter, route, cancellationToken).ConfigureAwait(false);
        }

        foreach (var update in plan.Updates)
        {
            settled &= await _writer.UpdateAsync(update, cancellationToken).ConfigureAwait(false);
        }

        foreach (var route in plan.Deletes)
        {
            var deleted = await _writer.DeleteAsync(exporter, route, cancellationToken).ConfigureAwait(false);
            settled &= deleted;
            if (deleted)
            {
                services.Events.Event(
                    exporter, EventType.Normal, "ServiceGone", Action, $"Route {ObjectKey.Of(route)} was deleted: no workload carries \"{route.Spec.AttributeValue}\" any more");
            }
        }

        return settled;
    }

    // A marked route wakes the controller when the cache has the mark, and is due from then on.
    private ReconciliationResult Next(DiscoveryPlan plan, bool settled)
    {
        if (!settled)
        {
            return ReconciliationResult.RequeueAfter(Soon);
        }

        if (plan.NextCheck is not { } next)
        {
            return ReconciliationResult.Success();
        }

        var delay = next - services.TimeProvider.GetUtcNow();
        return ReconciliationResult.RequeueAfter(delay < Soon ? Soon : delay);
    }

    private void Report(SentryExporter exporter, IReadOnlyCollection<Problem> problems)
    {
        foreach (var reason in _problems.Update(ObjectKey.Of(exporter), problems).GroupBy(static problem => problem.Reason))
        {
            var (first, others) = (reason.First(), reason.Skip(1).Select(static problem => problem.Subject).ToList());
            foreach (var problem in reason)
            {
                DiscoveryMetrics.Refuse(problem.Reason);
            }

            var note = others.Count == 0
                ? first.Note
                : $"{first.Note}; and {others.Count} more: {string.Join(", ", others.Take(NamedServices))}{(others.Count > NamedServices ? " ..." : "")}";
            services.Events.Event(exporter, EventType.Warning, first.Reason, Action, note);
        }
    }
}
