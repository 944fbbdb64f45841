using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>
/// Finds an autoscaler that somebody else has set on the gateway, or KEDA for them. The number of pods is its own then: two that write it would never agree.
/// </summary>
internal static class ForeignAutoscaler
{
    /// <summary>Its name, the first by name of several; null when there is none.</summary>
    public static async Task<string?> FindAsync(IKubernetesClient client, GatewayInputs inputs, CancellationToken cancellationToken)
    {
        var kind = inputs.IsOnDisk ? ChildKind.StatefulSet.Kind : ChildKind.Deployment.Kind;
        var scalers = await client.ListAllAsync<HorizontalPodAutoscaler>(inputs.Exporter.Metadata.Namespace, null, cancellationToken).ConfigureAwait(false);
        return scalers.Items
            .Where(scaler => scaler.Spec?.ScaleTargetRef is { } target && target.Kind == kind && target.Name == inputs.Name)
            .Where(scaler => !inputs.Owners.Own(scaler.Metadata.OwnerReferences))
            .Select(static scaler => scaler.Metadata.Name)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }
}

/// <summary>What is read of an autoscaler, in the version that every server serves.</summary>
[KubernetesEntity(Group = "autoscaling", ApiVersion = "v1", Kind = "HorizontalPodAutoscaler", PluralName = "horizontalpodautoscalers")]
internal sealed class HorizontalPodAutoscaler : IKubernetesObject
{
    public string ApiVersion { get; set; } = "autoscaling/v1";

    public string Kind { get; set; } = "HorizontalPodAutoscaler";

    public V1ObjectMeta Metadata { get; set; } = new();

    public HorizontalPodAutoscalerSpec? Spec { get; set; }
}

/// <summary>What it scales.</summary>
internal sealed class HorizontalPodAutoscalerSpec
{
    public ScaleTarget? ScaleTargetRef { get; set; }
}

/// <summary>A workload by kind and name.</summary>
internal sealed class ScaleTarget
{
    public string? Kind { get; set; }

    public string? Name { get; set; }
}

/// <summary>Metadata of a claim for a volume.</summary>
[KubernetesEntity(Group = "", ApiVersion = "v1", Kind = "PersistentVolumeClaim", PluralName = "persistentvolumeclaims")]
internal sealed class PersistentVolumeClaimMetadata : V1PartialObjectMetadata;

/// <summary>Serialisers of what is read here alone.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(HorizontalPodAutoscaler))]
[JsonSerializable(typeof(PersistentVolumeClaimMetadata))]
internal sealed partial class ChildJsonContext : JsonSerializerContext;
