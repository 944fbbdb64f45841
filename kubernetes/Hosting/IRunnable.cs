namespace SentryOtel.Kubernetes.Hosting;

/// <summary>Something that runs as long as the host does (controller-runtime's Runnable).</summary>
public interface IRunnable
{
    /// <summary>In logs.</summary>
    string Name { get; }

    /// <summary>True: runs while this instance leads. False: on standbys too.</summary>
    bool NeedsLeaderElection => true;

    /// <summary>
    /// Runs until <paramref name="stopping"/> is cancelled; it may return earlier when it has nothing left to do. An
    /// exception stops the host.
    /// </summary>
    Task RunAsync(CancellationToken stopping);
}
