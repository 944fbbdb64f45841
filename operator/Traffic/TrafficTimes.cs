namespace SentryOtel.Operator.Traffic;

/// <summary>Times of what the operator asks gateways, and how much of it is written.</summary>
internal sealed record TrafficTimes
{
    /// <summary>Pause between two rounds over all gateways.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for one gateway's answer.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two writes of one route's counts, and between two of its limits that begin.</summary>
    public TimeSpan LeastPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>From so long without any answer of an exporter's gateways on, its routes say that nothing is known.</summary>
    public TimeSpan UnreadAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Most writes per second that counts and limits of all routes cause; what exceeds it waits for the next round.</summary>
    public double WritesPerSecond { get; init; } = 20;

    /// <summary>Gateways that are asked at the same time.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Writes that a round may cause.</summary>
    public int WritesPerRound => Math.Max(1, (int)(WritesPerSecond * Interval.TotalSeconds));
}
