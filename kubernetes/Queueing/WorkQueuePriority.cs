namespace SentryOtel.Kubernetes.Queueing;

/// <summary>The two priorities the runtime itself uses; any other number is fine, higher goes first.</summary>
public static class WorkQueuePriority
{
    /// <summary>Edits that somebody is waiting for.</summary>
    public const int Normal = 0;

    /// <summary>The backlog of an initial list or of a resync: fresh edits overtake it (controller-runtime's LowPriority).</summary>
    public const int Low = -100;
}
