using System.Net;

namespace SentryOtel.Cluster;

/// <summary>What a <see cref="ControlPlane"/> is started with.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>
    /// Whether kube-controller-manager runs: garbage collection, Deployments, StatefulSets, endpoints, namespace deletion and the
    /// <c>default</c> ServiceAccount of each namespace need it. True by default.
    /// </summary>
    public bool ControllerManager { get; init; } = true;

    /// <summary>
    /// Where the API server listens. On any other than the loopback address pods of a <see cref="RealNode"/> reach it too, as the Service <c>kubernetes</c>.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Admission plugins beside those that are on by default.</summary>
    public IReadOnlyList<string> AdmissionPlugins { get; init; } = [];

    /// <summary>
    /// Where the audit log goes (one JSON <c>audit.k8s.io/v1 Event</c> a line, level Metadata, stage ResponseComplete and
    /// ResponseStarted of watches); null for a file in the cluster's own folder, which is deleted with it.
    /// </summary>
    public string? AuditLogPath { get; init; }
}
