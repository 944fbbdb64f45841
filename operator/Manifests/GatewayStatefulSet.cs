using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The StatefulSet of a gateway whose queue is on disk, with a volume claim for each pod.</summary>
internal static class GatewayStatefulSet
{
    /// <summary>Name of the volume; the claim of a pod is named by it and the pod.</summary>
    public const string QueueVolume = "queue";

    /// <param name="inputs">The gateway.</param>
    /// <param name="configuration">The gateway's ConfigMap.</param>
    public static JsonObject? Create(GatewayInputs inputs, JsonObject configuration)
    {
        if (!inputs.IsOnDisk || inputs.Exporter.Spec.Queue.VolumeClaim is not { } claim)
        {
            return null;
        }

        var set = ManifestMetadata.Child(inputs, "apps/v1", "StatefulSet");
        set["spec"] = JsonMap.Filled(
            // Gateways know nothing of each other: none waits for another.
            ("podManagementPolicy", "Parallel"),
            ("revisionHistoryLimit", 3),
            ("selector", new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) }),
            // Nobody asks for a single pod by its name, so the Service of all of them will do.
            ("serviceName", inputs.Name),
            ("template", GatewayPodTemplate.Create(inputs, configuration)),
            // With no partition named the controller goes by its count of old pods, and when that is stale a pod comes back once more from the old template.
            ("updateStrategy", new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["partition"] = 0 } }),
            ("volumeClaimTemplates", new JsonArray(Claim(claim))),
            ("persistentVolumeClaimRetentionPolicy", inputs.Versions.ClaimRetention ? Retention(claim.RetentionPolicy) : null),
            ("replicas", inputs.Replicas));
        return set;
    }

    private static JsonObject Claim(VolumeClaimSpec claim) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = QueueVolume },
        ["spec"] = JsonMap.Filled(
            ("accessModes", new JsonArray("ReadWriteOnce")),
            ("resources", new JsonObject { ["requests"] = new JsonObject { ["storage"] = claim.Size } }),
            ("storageClassName", claim.StorageClassName)),
    };

    private static JsonObject Retention(VolumeRetentionSpec policy) => new()
    {
        ["whenDeleted"] = policy.WhenDeleted.ToString(),
        ["whenScaled"] = policy.WhenScaled.ToString(),
    };
}
