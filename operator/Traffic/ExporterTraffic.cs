using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Traffic;

/// <summary>What is known of one exporter's traffic: the ledger of its gateways, and the total of each of its routes.</summary>
/// <param name="uid">Of which exporter: another of the same name is another exporter.</param>
/// <param name="unreadAfter">From so long without an answer on nothing is known of limits.</param>
/// <param name="now">When it was opened.</param>
internal sealed class ExporterTraffic(string? uid, TimeSpan unreadAfter, DateTimeOffset now)
{
    private readonly TrafficLedger _ledger = new(now);
    private readonly Dictionary<ObjectKey, (string? Uid, RouteTotal Total)> _totals = [];

    public string? Uid { get; } = uid;

    /// <summary>Takes a round's answers in and tells what they mean for each route; nothing while gateways are there and none has answered yet.</summary>
    /// <param name="routes">The exporter's routes that have a project.</param>
    /// <param name="gateways">Its gateways; without a document when they did not answer.</param>
    /// <param name="time">When the answers came.</param>
    public IReadOnlyList<(SentryProjectRoute Route, RouteObservation Observation)> Observe(
        IReadOnlyList<SentryProjectRoute> routes, IReadOnlyList<(LiveGateway Gateway, GatewayDocument? Document)> gateways, DateTimeOffset time)
    {
        foreach (var (gateway, document) in gateways)
        {
            if (document is not null)
            {
                _ledger.Observe(gateway.Id, document, time);
            }
        }

        _ledger.Keep([.. gateways.Select(static pair => pair.Gateway.Id)], time);
        foreach (var gone in _totals.Keys.Except(routes.Select(static route => ObjectKey.Of(route))).ToList())
        {
            _totals.Remove(gone);
        }

        var isUnread = gateways.Count > 0 && time - _ledger.LastRead > unreadAfter;
        return gateways.Count > 0 && !_ledger.HasRead && !isUnread ? [] : [.. routes.Select(route => (route, Observe(route, isUnread, time)))];
    }

    private RouteObservation Observe(SentryProjectRoute route, bool isUnread, DateTimeOffset time)
    {
        var key = ObjectKey.Of(route);
        var traffic = _ledger.Of(route.Status!.Project!.Id!, time);
        if (_totals.TryGetValue(key, out var known) && known.Uid == route.Metadata.Uid)
        {
            known.Total.Update(traffic);
        }
        else
        {
            _totals[key] = known = (route.Metadata.Uid, new RouteTotal(route.Status.Traffic, traffic));
        }

        return new RouteObservation(known.Total.Rounded(), isUnread ? [] : traffic.Limits, !isUnread && traffic.IsRefused, isUnread);
    }
}
