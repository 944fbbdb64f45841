namespace SentryOtel.Operator.Traffic;

/// <summary>Spans and log records of a project, since some moment.</summary>
/// <param name="Accepted">Taken from clients.</param>
/// <param name="Sent">Taken by Sentry.</param>
/// <param name="Dropped">Given up, for whatever reason.</param>
internal readonly record struct TrafficCounts(long Accepted, long Sent, long Dropped)
{
    public TrafficCounts Plus(TrafficCounts other) => new(Sum(Accepted, other.Accepted), Sum(Sent, other.Sent), Sum(Dropped, other.Dropped));

    /// <summary>The sum, or the largest number that there is.</summary>
    public static long Sum(long left, long right) => (long)Int128.Clamp((Int128)left + right, 0, long.MaxValue);

    /// <summary>What came since; nothing where it is less.</summary>
    public TrafficCounts Since(TrafficCounts before) => new(
        Math.Max(0, Accepted - before.Accepted), Math.Max(0, Sent - before.Sent), Math.Max(0, Dropped - before.Dropped));

    /// <summary>The larger of each.</summary>
    public TrafficCounts AtLeast(TrafficCounts other) => new(
        Math.Max(Accepted, other.Accepted), Math.Max(Sent, other.Sent), Math.Max(Dropped, other.Dropped));

    /// <summary>True when one of them is smaller than it was: a counter began anew.</summary>
    public bool HasFallenFrom(TrafficCounts before) => Accepted < before.Accepted || Sent < before.Sent || Dropped < before.Dropped;
}
