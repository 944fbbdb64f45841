using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Rounds;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Controllers.RouteWakes;

/// <summary>
/// Follows which generation of its routing table every live gateway of an exporter has loaded, and wakes the routes for which that makes a difference: those whose entry
/// changed in a generation that was reached, or is not reached any more. A Lease that runs out makes no event, so they are looked at now and then too.
/// </summary>
/// <param name="exporters">The exporters.</param>
/// <param name="tables">Their routing tables.</param>
/// <param name="gateways">Their live gateways.</param>
/// <param name="interval">How often Leases are looked at.</param>
/// <param name="wake">Wakes the second pass of a route.</param>
/// <param name="parts">Keeps what fails of one exporter from the others.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ServedGenerations(
    IStore<SentryExporter> exporters,
    RoutingTableStore tables,
    GatewayLeases gateways,
    TimeSpan interval,
    Action<ObjectKey> wake,
    RoundParts parts,
    TimeProvider timeProvider)
    : IInformerHandler<V1Lease>, IRunnable
{
    private const string Round = "the round";

    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, long?> _served = [];

    /// <inheritdoc/>
    public string Name => "served generations";

    /// <inheritdoc/>
    public void OnAdd(V1Lease entity, bool isInInitialList) => Look(entity);

    /// <inheritdoc/>
    public void OnUpdate(V1Lease oldEntity, V1Lease newEntity)
    {
        if (RouteProgramming.GenerationOf(oldEntity) != RouteProgramming.GenerationOf(newEntity))
        {
            Look(newEntity);
        }
    }

    /// <inheritdoc/>
    public void OnDelete(V1Lease entity, bool finalStateUnknown) => Look(entity);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, timeProvider);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            parts.Try(Round, LookAtAll);
        }
    }

    private void LookAtAll()
    {
        var all = exporters.List();
        foreach (var exporter in all)
        {
            parts.Try(ObjectKey.Of(exporter).ToString(), () => Look(exporter));
        }

        parts.Keep([Round, .. all.Select(static exporter => ObjectKey.Of(exporter).ToString())]);

        lock (_gate)
        {
            foreach (var gone in _served.Keys.Except(all.Select(static exporter => ObjectKey.Of(exporter))).ToList())
            {
                _served.Remove(gone);
            }
        }
    }

    private void Look(V1Lease lease)
    {
        if (lease.Metadata.Labels?.TryGetValue(SentryOtelGroup.ExporterLabel, out var label) == true)
        {
            foreach (var exporter in exporters.ByNamespace(lease.Metadata.Namespace!).Where(exporter => Naming.LabelValue(exporter.Metadata.Name!) == label))
            {
                Look(exporter);
            }
        }
    }

    private void Look(SentryExporter exporter)
    {
        // What is compared and kept belongs together.
        lock (_gate)
        {
            var key = ObjectKey.Of(exporter);
            var before = _served.GetValueOrDefault(key);
            var now = gateways.Live(exporter).Select(static lease => (long?)RouteProgramming.GenerationOf(lease)).Min();
            _served[key] = now;
            if (before == now)
            {
                return;
            }

            // Without a gateway nothing is served, and a route says so in other words.
            var (above, upTo) = before is { } old && now is { } present ? (Math.Min(old, present), Math.Max(old, present)) : (long.MinValue, long.MaxValue);
            foreach (var entry in tables.Of(exporter).SelectMany(static stored => stored.Slice?.Routes ?? []).Where(entry => entry.Generation > above && entry.Generation <= upTo))
            {
                if (RouteEntries.RouteOf(entry) is { } route)
                {
                    wake(route);
                }
            }
        }
    }
}
