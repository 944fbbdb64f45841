using SentryOtel.Kubernetes.Health;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>What the host needs to know of a controller, whatever its kind.</summary>
internal interface IController
{
    /// <summary>Unique in the host; also the controller's name in metrics.</summary>
    string Name { get; }

    /// <summary>Runs on the leader only.</summary>
    bool NeedsLeaderElection { get; }

    /// <summary>Works until <paramref name="stopping"/>; what runs then may end until <paramref name="abort"/>.</summary>
    Task RunAsync(CancellationToken stopping, CancellationToken abort);

    /// <summary>Whether a worker is stuck.</summary>
    HealthCheckResult Check();
}
