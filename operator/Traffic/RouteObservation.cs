using SentryOtel.Crds;

namespace SentryOtel.Operator.Traffic;

/// <summary>What the gateways say of a route, as its status shall tell it.</summary>
/// <param name="Traffic">Rounded; null while nothing ever came.</param>
/// <param name="Limits">Limits of Sentry's, per category.</param>
/// <param name="IsRefused">Sentry refuses the project, its key or its spans.</param>
/// <param name="IsUnread">No gateway has answered for a while: of limits nothing is known.</param>
internal sealed record RouteObservation(RouteTraffic? Traffic, IReadOnlyList<SeenLimit> Limits, bool IsRefused, bool IsUnread)
{
    /// <summary>Whether a limit holds data back at a moment.</summary>
    public bool IsLimited(DateTimeOffset now) => !IsUnread && Limits.Any(limit => limit.Until > now);

    /// <summary>How long a span sent at a moment waits for the end of Sentry's limits.</summary>
    public TimeSpan SpansWait(DateTimeOffset now) => IsUnread
        ? TimeSpan.Zero
        : Limits.Where(limit => limit.HoldsSpans && limit.Until > now).Select(limit => limit.Until - now).DefaultIfEmpty().Max();

    /// <summary>When a status that tells this has to change although nothing new is heard; null for never.</summary>
    /// <param name="now">From when on.</param>
    /// <param name="maxAge">How long gateways keep data.</param>
    public DateTimeOffset? NextChange(DateTimeOffset now, TimeSpan maxAge) => IsUnread
        ? null
        : Limits.SelectMany(limit => new DateTimeOffset?[] { limit.Until, limit.Until - maxAge }).Where(moment => moment > now).Min();

    /// <summary>Whether two observations differ in more than counts and times.</summary>
    public bool HasOtherState(RouteObservation other, DateTimeOffset now) =>
        IsLimited(now) != other.IsLimited(now) || IsRefused != other.IsRefused || IsUnread != other.IsUnread;

    /// <summary>Whether a status says the same of both.</summary>
    public bool SaysTheSame(RouteObservation other, DateTimeOffset now) =>
        !HasOtherState(other, now) && Same(Traffic, other.Traffic)
        && Limits.Where(limit => limit.Until > now).SequenceEqual(other.Limits.Where(limit => limit.Until > now));

    /// <summary>Whether two counts are equal.</summary>
    public static bool Same(RouteTraffic? left, RouteTraffic? right) =>
        (left is null && right is null)
        || (left is not null && right is not null
            && (left.Accepted, left.Sent, left.Dropped, left.LastSeenTime) == (right.Accepted, right.Sent, right.Dropped, right.LastSeenTime));
}
