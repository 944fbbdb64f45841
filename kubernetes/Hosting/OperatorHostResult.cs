namespace SentryOtel.Kubernetes.Hosting;

/// <summary>How a host ended.</summary>
/// <param name="Failure">What made it end; null when it was asked to stop and all ended in time.</param>
public sealed record OperatorHostResult(Exception? Failure)
{
    /// <summary>For the process: 0, or 1 after a failure.</summary>
    public int ExitCode => Failure is null ? 0 : 1;
}
