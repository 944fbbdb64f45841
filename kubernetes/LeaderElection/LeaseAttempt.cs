namespace SentryOtel.Kubernetes.LeaderElection;

/// <summary>What one attempt to acquire or renew came to.</summary>
internal enum LeaseAttempt
{
    /// <summary>The lease is ours.</summary>
    Held,

    /// <summary>Somebody else's, and not expired.</summary>
    HeldByOther,

    /// <summary>The server did not answer, or somebody was faster.</summary>
    Failed,
}
