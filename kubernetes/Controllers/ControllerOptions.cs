using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>How a controller works.</summary>
public sealed record ControllerOptions
{
    /// <summary>Reconciles at a time, of different keys. Default 1.</summary>
    public int MaxConcurrentReconciles { get; init; } = 1;

    /// <summary>Status passes at a time, where there are any. Default 1.</summary>
    public int MaxConcurrentStatusReconciles { get; init; } = 1;

    /// <summary>Cancels a pass that takes longer, and retries it with back-off; null for none.</summary>
    public TimeSpan? ReconciliationTimeout { get; init; }

    /// <summary>Back-off of failures; null for <see cref="RateLimiters.Default{TKey}"/>.</summary>
    public Func<IRateLimiter<ObjectKey>>? RateLimiter { get; init; }

    /// <summary>A pass that runs longer makes the liveness check fail, since only a restart helps then. Default 30 minutes.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>False: also run on standbys. Default true.</summary>
    public bool NeedsLeaderElection { get; init; } = true;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentReconciles, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentStatusReconciles, 1);
        if (ReconciliationTimeout is { } timeout)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(ReconciliationTimeout));
        }
    }
}
