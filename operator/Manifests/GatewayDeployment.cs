using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Manifests;

/// <summary>The Deployment of a gateway whose queue is in memory.</summary>
internal static class GatewayDeployment
{
    private const int ProgressDeadlineSeconds = 300;

    /// <param name="inputs">The gateway.</param>
    /// <param name="configuration">The gateway's ConfigMap.</param>
    public static JsonObject? Create(GatewayInputs inputs, JsonObject configuration)
    {
        if (inputs.IsOnDisk)
        {
            return null;
        }

        var deployment = ManifestMetadata.Child(inputs, "apps/v1", "Deployment");
        deployment["spec"] = JsonMap.Filled(
            ("progressDeadlineSeconds", ProgressDeadlineSeconds),
            ("revisionHistoryLimit", 3),
            ("selector", new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) }),
            ("strategy", new JsonObject
            {
                ["type"] = "RollingUpdate",
                ["rollingUpdate"] = new JsonObject { ["maxSurge"] = 1, ["maxUnavailable"] = 0 },
            }),
            ("template", GatewayPodTemplate.Create(inputs, configuration)),
            ("replicas", inputs.Replicas));
        return deployment;
    }
}
