using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>What the gateway's pods are made from, in a Deployment and in a StatefulSet alike. A hash of the configuration is on them, so that a change rolls them.</summary>
internal static class GatewayPodTemplate
{
    public const string ConfigHashAnnotation = SentryOtelGroup.Group + "/config-hash";

    /// <param name="inputs">The gateway.</param>
    /// <param name="configuration">The gateway's ConfigMap.</param>
    public static JsonObject Create(GatewayInputs inputs, JsonObject configuration)
    {
        var annotations = ManifestMetadata.Map(inputs.Gateway.PodAnnotations ?? []);
        annotations[ConfigHashAnnotation] = ManifestHash.Of(configuration["data"]!);
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = annotations, ["labels"] = ManifestMetadata.Labels(inputs.Exporter) },
            ["spec"] = GatewayPod.Create(inputs),
        };
    }
}
