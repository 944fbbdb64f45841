using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The Deployment of the gateway. What the file of the gateway or a Secret says is in a hash on the pods, so that a change rolls them.</summary>
internal static class GatewayDeployment
{
    public const string ConfigHashAnnotation = SentryOtelGroup.Group + "/config-hash";

    private const int ProgressDeadlineSeconds = 300;

    /// <param name="inputs">The gateway.</param>
    /// <param name="configuration">The gateway's ConfigMap.</param>
    /// <param name="replicas">Wanted pods; null leaves the number to whoever owns it.</param>
    public static JsonObject Create(GatewayInputs inputs, JsonObject configuration, int? replicas)
    {
        var deployment = ManifestMetadata.Child(inputs, "apps/v1", "Deployment");
        var spec = new JsonObject
        {
            ["progressDeadlineSeconds"] = ProgressDeadlineSeconds,
            ["revisionHistoryLimit"] = 3,
            ["selector"] = new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) },
            ["strategy"] = new JsonObject
            {
                ["type"] = "RollingUpdate",
                ["rollingUpdate"] = new JsonObject { ["maxSurge"] = 1, ["maxUnavailable"] = 0 },
            },
            ["template"] = new JsonObject
            {
                ["metadata"] = TemplateMetadata(inputs, configuration),
                ["spec"] = GatewayPod.Create(inputs),
            },
        };
        if (replicas is not null)
        {
            spec["replicas"] = replicas;
        }

        deployment["spec"] = spec;
        return deployment;
    }

    private static JsonObject TemplateMetadata(GatewayInputs inputs, JsonObject configuration)
    {
        var annotations = ManifestMetadata.Map(inputs.Gateway.PodAnnotations ?? []);
        annotations[ConfigHashAnnotation] = ManifestHash.Of(configuration["data"]!, inputs.SecretHash);
        return new JsonObject { ["annotations"] = annotations, ["labels"] = ManifestMetadata.Labels(inputs.Exporter) };
    }
}
