using SentryOtel.Crds;

namespace SentryOtel.Operator.Traffic;

/// <summary>
/// What a route's project counted in all. It begins with what the status says, so that it goes on when another operator leads or a gateway ends; then it never goes
/// back, and is never less than what the running gateways count.
/// </summary>
internal sealed class RouteTotal
{
    private TrafficCounts _counts;
    private TrafficCounts _grown;
    private DateTimeOffset? _lastSeen;

    /// <param name="status">What was written of the route.</param>
    /// <param name="traffic">What the gateways say now.</param>
    public RouteTotal(RouteTraffic? status, ProjectTraffic traffic)
    {
        _counts = status is null ? default : new TrafficCounts(status.Accepted, status.Sent, status.Dropped);
        _lastSeen = status?.LastSeenTime;
        _grown = traffic.Grown;
        Update(traffic);
    }

    public void Update(ProjectTraffic traffic)
    {
        _counts = _counts.Plus(traffic.Grown.Since(_grown)).AtLeast(traffic.Live);
        _grown = traffic.Grown;
        _lastSeen = _lastSeen is null || traffic.LastSeen > _lastSeen ? traffic.LastSeen ?? _lastSeen : _lastSeen;
    }

    /// <summary>As a status says it; null while nothing ever came.</summary>
    public RouteTraffic? Rounded() => _counts == default && _lastSeen is null ? null : new RouteTraffic
    {
        Accepted = Rounding.Of(_counts.Accepted),
        Sent = Rounding.Of(_counts.Sent),
        Dropped = Rounding.Of(_counts.Dropped),
        LastSeenTime = _lastSeen is { } seen ? Rounding.Of(seen) : null,
    };
}
