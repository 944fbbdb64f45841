using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Lease: who leads, and until when.</summary>
[KubernetesEntity(Group = "coordination.k8s.io", ApiVersion = "v1", Kind = "Lease", PluralName = "leases")]
public sealed class V1Lease : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "coordination.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Lease";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Holder and times.</summary>
    public V1LeaseSpec? Spec { get; set; }
}

/// <summary>Holder and times of a Lease.</summary>
public sealed class V1LeaseSpec
{
    /// <summary>Who holds it; empty when released.</summary>
    public string? HolderIdentity { get; set; }

    /// <summary>How long others wait after a renewal before they take it.</summary>
    public int? LeaseDurationSeconds { get; set; }

    /// <summary>When the holder took it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; set; }

    /// <summary>When the holder last renewed it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; set; }

    /// <summary>How often the holder changed.</summary>
    public int? LeaseTransitions { get; set; }
}
