namespace SentryOtel.Kubernetes.LeaderElection;

/// <summary>Which lease to lead by, and its times (client-go's leaderelection defaults: 15, 10 and 2 s).</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>Name of the Lease.</summary>
    public required string LeaseName { get; init; }

    /// <summary>Namespace of the Lease; normally the operator's own.</summary>
    public required string LeaseNamespace { get; init; }

    /// <summary>Who we are: unique per process, also after a restart in the same pod. Default: host name, '_', a uuid.</summary>
    public string Identity { get; init; } = $"{Environment.MachineName}_{Guid.NewGuid()}";

    /// <summary>How long others wait after the last renewal they saw. Whole seconds. Default 15 s.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Without a renewal for so long, we no longer lead. Default 10 s.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause between attempts to acquire or renew. Default 2 s.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gives the lease up once our work has ended, so that the next one need not wait. Default true.</summary>
    public bool ReleaseOnCancel { get; init; } = true;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(LeaseName);
        ArgumentException.ThrowIfNullOrEmpty(LeaseNamespace);
        ArgumentException.ThrowIfNullOrEmpty(Identity);
        Require(RetryPeriod > TimeSpan.Zero, nameof(RetryPeriod), "must be more than zero");
        Require(RenewDeadline > RetryPeriod * LeaderElector.JitterFactor, nameof(RenewDeadline), "must be more than 1.2 × RetryPeriod");
        Require(LeaseDuration > RenewDeadline, nameof(LeaseDuration), "must be more than RenewDeadline");
        Require(
            LeaseDuration >= TimeSpan.FromSeconds(1) && LeaseDuration.Ticks % TimeSpan.TicksPerSecond == 0,
            nameof(LeaseDuration), "must be whole seconds, since the Lease holds no fractions");
    }

    private static void Require(bool holds, string field, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{field} {rule}.", field);
        }
    }
}
