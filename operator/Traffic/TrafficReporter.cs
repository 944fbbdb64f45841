using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Rounds;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Traffic;

/// <summary>
/// Brings what gateways say to the status of routes: asks them in rounds, adds up, and wakes the status pass of routes whose status would change. It writes nothing
/// itself, so that a status has one writer.
/// </summary>
/// <param name="exporters">The exporters.</param>
/// <param name="routes">The routes by exporter.</param>
/// <param name="round">Asks the gateways.</param>
/// <param name="board">Where what they say waits.</param>
/// <param name="pacer">Has it written.</param>
/// <param name="times">How often.</param>
/// <param name="parts">Keeps what fails of one exporter from the others.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class TrafficReporter(
    IStore<SentryExporter> exporters,
    RouteIndex routes,
    GatewayRound round,
    TrafficBoard board,
    StatusPacer pacer,
    TrafficTimes times,
    RoundParts parts,
    TimeProvider timeProvider) : IRunnable
{
    private const string Round = "the round";

    private readonly Dictionary<ObjectKey, ExporterTraffic> _exporters = [];

    /// <inheritdoc/>
    public string Name => "traffic reporter";

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(times.Interval, timeProvider);
        do
        {
            await parts.TryAsync(Round, () => RunRoundAsync(stopping), stopping).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
    }

    /// <summary>One round over all gateways.</summary>
    public async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        var all = exporters.List();
        var told = all.Select(exporter => (Exporter: exporter, Routes: Told(exporter))).Where(static pair => pair.Routes.Count > 0).ToList();
        var answers = await round.RunAsync([.. told.Select(static pair => pair.Exporter)], cancellationToken).ConfigureAwait(false);
        var due = new List<(SentryProjectRoute Route, Publication Cause)>();
        foreach (var (exporter, own) in told)
        {
            if (answers.TryGetValue(ObjectKey.Of(exporter), out var gateways))
            {
                parts.Try(ObjectKey.Of(exporter).ToString(), () => due.AddRange(Observe(exporter, own, gateways)));
            }
        }

        pacer.Publish(due);
        foreach (var gone in _exporters.Keys.Except(all.Select(static exporter => ObjectKey.Of(exporter))).ToList())
        {
            _exporters.Remove(gone);
        }

        parts.Keep([Round, .. told.SelectMany(static pair => (string[])[ObjectKey.Of(pair.Exporter).ToString(), GatewayRound.LeasesOf(pair.Exporter)])]);
    }

    private List<(SentryProjectRoute Route, Publication Cause)> Observe(
        SentryExporter exporter, IReadOnlyList<SentryProjectRoute> own, IReadOnlyList<(LiveGateway Gateway, GatewayDocument? Document)> gateways)
    {
        var key = ObjectKey.Of(exporter);
        if (!_exporters.TryGetValue(key, out var traffic) || traffic.Uid != exporter.Metadata.Uid)
        {
            _exporters[key] = traffic = new ExporterTraffic(exporter.Metadata.Uid, times.UnreadAfter, timeProvider.GetUtcNow());
        }

        return
        [
            .. traffic.Observe(own, gateways, timeProvider.GetUtcNow())
                .Select(observed => (observed.Route, Cause: board.Offer(observed.Route, observed.Observation)))
                .Where(static offered => offered.Cause != Publication.None),
        ];
    }

    private List<SentryProjectRoute> Told(SentryExporter exporter) =>
    [
        .. routes.Of(ObjectKey.Of(exporter)).Where(static route => route.Metadata.DeletionTimestamp is null
            && route.Status?.Project?.Id is { Length: > 0 }
            && route.Status.Conditions.IsConditionTrue(RouteReasons.AcceptedType)),
    ];
}
