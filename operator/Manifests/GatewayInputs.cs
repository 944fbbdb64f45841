using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>All that a gateway's manifests are made from.</summary>
/// <param name="Exporter">The exporter, as stored: with its uid.</param>
/// <param name="DefaultImage">Image when the exporter names none.</param>
/// <param name="Versions">API versions that differ between servers.</param>
internal sealed record GatewayInputs(SentryExporter Exporter, string DefaultImage, ServedVersions Versions)
{
    /// <summary>When the image is pulled; null for Kubernetes' own rule.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>Whether pods run as a user of ours; else the cluster chooses one, as OpenShift does.</summary>
    public bool HasFixedUser { get; init; } = true;

    /// <summary>Name of a HorizontalPodAutoscaler of somebody else's that scales the gateway; null when there is none.</summary>
    public string? ForeignAutoscaler { get; init; }

    /// <summary>The exporters besides <see cref="Exporter"/>, its host, that a shared gateway serves, oldest first.</summary>
    public IReadOnlyList<SentryExporter> Guests { get; init; } = [];

    /// <summary>All exporters that the gateway serves, in the order in which they are asked for a route.</summary>
    public IEnumerable<SentryExporter> Members => [Exporter, .. Guests];

    /// <summary>Whose children may be taken over.</summary>
    public GatewayOwners Owners { get; init; } = GatewayOwners.Of(Exporter.Metadata.Uid ?? "");

    public string Name => Naming.Gateway(Exporter);

    public bool IsShared => Gateway.Shared;

    public GatewaySpec Gateway => Exporter.Spec.Gateway;

    public bool IsOnDisk => Exporter.Spec.Queue.Storage == QueueStorage.Disk;

    /// <summary>Whether an autoscaler owns the number of pods.</summary>
    public bool IsAutoscaled => Gateway.Autoscaling is not null || ForeignAutoscaler is not null;

    /// <summary>The number of pods; null when an autoscaler owns it.</summary>
    public int? Replicas => IsAutoscaled ? null : Gateway.Replicas ?? 1;
}

/// <summary>Which API version a kind is written in; null where the server has none that we know.</summary>
/// <param name="PodDisruptionBudget"><c>policy/v1</c>, or <c>policy/v1beta1</c> before 1.21.</param>
/// <param name="HorizontalPodAutoscaler"><c>autoscaling/v2</c>, or <c>autoscaling/v2beta2</c> before 1.23.</param>
internal sealed record ServedVersions(string? PodDisruptionBudget, string? HorizontalPodAutoscaler)
{
    /// <summary><c>monitoring.coreos.com/v1</c>, where the Prometheus operator's definition is installed.</summary>
    public string? ServiceMonitor { get; init; }

    /// <summary><c>monitoring.coreos.com/v1</c>, where the Prometheus operator's definition is installed.</summary>
    public string? PodMonitor { get; init; }

    /// <summary>Whether a StatefulSet can say what becomes of its claims: from 1.27 on. Before, a server refuses the field.</summary>
    public bool ClaimRetention { get; init; }
}
