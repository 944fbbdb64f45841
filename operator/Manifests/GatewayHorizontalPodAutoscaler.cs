using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Manifests;

/// <summary>A HorizontalPodAutoscaler, when the exporter asks for one, the server serves a version that we know, and nobody else's scales the gateway already.</summary>
internal static class GatewayHorizontalPodAutoscaler
{
    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.Autoscaling is not { } wanted || inputs.ForeignAutoscaler is not null || inputs.Versions.HorizontalPodAutoscaler is not { } version)
        {
            return null;
        }

        var autoscaler = ManifestMetadata.Child(inputs, version, "HorizontalPodAutoscaler");
        autoscaler["spec"] = new JsonObject
        {
            ["scaleTargetRef"] = new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = inputs.IsOnDisk ? "StatefulSet" : "Deployment", ["name"] = inputs.Name },
            ["minReplicas"] = wanted.MinReplicas,
            ["maxReplicas"] = wanted.MaxReplicas,
            ["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject
                {
                    ["name"] = "cpu",
                    ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = wanted.TargetCpuUtilizationPercentage },
                },
            }),
        };
        return autoscaler;
    }
}
