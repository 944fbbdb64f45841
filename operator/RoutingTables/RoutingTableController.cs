using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Routes;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>
/// Keeps each exporter's routing table in its ConfigMaps. While nothing changes it asks the server nothing. A suspended exporter, and one that is only
/// planned, keeps the table it has; a deleted one's is the garbage collector's.
/// </summary>
internal sealed class RoutingTableController(
    OperatorServices services, RouteIndex routes, RoutingTableStore tables, IFallbackTargets fallbacks, SharedGateways sharing, RoutingTableBoard board)
    : IEntityController<SentryExporter>
{
    /// <summary>
    /// Least time between two looks at one table, and so between two writes: changes that come in between go together, and while many routes come up the table is compiled
    /// once a second. Not less than that, see <see cref="RoutingTableWriter"/>.
    /// </summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    private const string Action = "WriteRoutingTable";
    private const string Table = "table";

    private readonly RoutingTableWriter _writer = new(services.Client, services.TimeProvider);
    private readonly ILogger _logger = services.LoggerFactory.CreateLogger<RoutingTableController>();
    private readonly ConcurrentDictionary<ObjectKey, long> _looked = new();
    private readonly StandingProblems _problems = new();

    /// <inheritdoc/>
    public async Task<ReconciliationResult> ReconcileAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        if (exporter.Spec.Suspend || PlanMark.IsOn(exporter) || exporter.Metadata.DeletionTimestamp is not null)
        {
            return ReconciliationResult.Success();
        }

        var key = ObjectKey.Of(exporter);
        if (_looked.TryGetValue(key, out var last) && services.TimeProvider.GetElapsedTime(last) is var since && since < MinInterval)
        {
            return ReconciliationResult.RequeueAfter(MinInterval - since);
        }

        _looked[key] = services.TimeProvider.GetTimestamp();
        var entries = RouteEntries.Of(exporter, routes.Of(key), sharing.RivalsOf(exporter).Select(rival => (rival, routes.Of(ObjectKey.Of(rival)))));
        var fallback = await fallbacks.FindAsync(exporter, cancellationToken).ConfigureAwait(false);
        if (IsUpToDate(exporter, entries, fallback))
        {
            return Done(exporter, fallback);
        }

        var write = await _writer.WriteAsync(exporter, entries, fallback, cancellationToken).ConfigureAwait(false);
        return Conclude(exporter, write, fallback);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        _looked.TryRemove(key, out _);
        _problems.Forget(key);
        board.Forget(key);
        return Task.FromResult(ReconciliationResult.Success());
    }

    private bool IsUpToDate(SentryExporter exporter, IReadOnlyList<RouteEntry> entries, FallbackTarget fallback)
    {
        var stored = tables.Of(exporter);
        var wanted = _writer.Compile(exporter, entries, fallback, stored);
        return wanted.Count == stored.Count
            && wanted.All(slice => RoutingTableWriter.IsRight(stored.FirstOrDefault(other => ReferenceEquals(other.Slice, slice)), slice, exporter));
    }

    private ReconciliationResult Conclude(SentryExporter exporter, RoutingTableWrite write, FallbackTarget fallback)
    {
        var key = ObjectKey.Of(exporter);
        switch (write.Outcome)
        {
            case RoutingTableOutcome.Written:
                Log.TableWritten(_logger, key, write.Message);
                foreach (var repaired in write.Repaired)
                {
                    services.Events.Event(
                        exporter, EventType.Warning, RoutingTableReasons.Repaired, Action, $"A ConfigMap was not as it had been written and was written again: {repaired}");
                }

                return Done(exporter, fallback);
            case RoutingTableOutcome.Overtaken:
                Log.TableOvertaken(_logger, key, write.Message);
                return ReconciliationResult.RequeueAfter(MinInterval);
            case RoutingTableOutcome.NameConflict:
                _ = Done(exporter, fallback, new Problem(Table, RoutingTableReasons.NameConflict, write.Message));
                return ReconciliationResult.Failure(RoutingTableReasons.NameConflict, write.Message);
            case RoutingTableOutcome.TooLarge:
                _ = Done(exporter, fallback, new Problem(Table, RoutingTableReasons.TooLarge, write.Message));
                return ReconciliationResult.Terminal(RoutingTableReasons.TooLarge, write.Message);
            default:
                return Done(exporter, fallback);
        }
    }

    private ReconciliationResult Done(SentryExporter exporter, FallbackTarget fallback, Problem? problem = null)
    {
        var unresolved = fallback.Reason is { } reason
            ? new Problem("routing.fallbackProject", reason, $"routing.fallbackProject: {fallback.Message}")
            : null;
        var key = ObjectKey.Of(exporter);
        List<Problem> problems = [.. new[] { problem, unresolved }.OfType<Problem>()];
        foreach (var fresh in _problems.Update(key, problems, wasTold: found => ExporterStatus.Tells(exporter.Status, found)))
        {
            services.Events.Event(exporter, EventType.Warning, fresh.Reason, Action, fresh.Note);
        }

        // While Sentry can not be asked the target in force takes the data.
        var inForce = tables.Of(exporter).Select(static stored => stored.Slice).OfType<RoutingTableSlice>().MaxBy(static slice => slice.Generation)?.Fallback;
        board.Set(key, [.. problems.Where(found => found != unresolved || fallback.Over(inForce) is null)]);
        return fallback.RecheckAfter is { } delay ? ReconciliationResult.RequeueAfter(delay) : ReconciliationResult.Success();
    }
}
