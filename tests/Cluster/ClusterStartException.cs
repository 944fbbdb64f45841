namespace SentryOtel.Cluster;

/// <summary>A program of a test cluster did not become ready. The message ends with the last lines of its log.</summary>
public sealed class ClusterStartException(string program, string reason, string logTail)
    : Exception($"{program} {reason}. The end of its log:\n{logTail}")
{
    /// <summary>The program that failed.</summary>
    public string Program { get; } = program;

    /// <summary>Whether another program took its port between the probe and the bind: starting again helps.</summary>
    internal bool PortWasTaken { get; } = logTail.Contains("address already in use", StringComparison.Ordinal);
}
