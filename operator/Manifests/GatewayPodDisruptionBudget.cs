using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Manifests;

/// <summary>A PodDisruptionBudget, when the exporter asks for one and the server serves a version that we know.</summary>
internal static class GatewayPodDisruptionBudget
{
    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.PodDisruptionBudget is not { } wanted || inputs.Versions.PodDisruptionBudget is not { } version)
        {
            return null;
        }

        var budget = ManifestMetadata.Child(inputs, version, "PodDisruptionBudget");
        var spec = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) } };
        if (wanted.MinAvailable is { } least)
        {
            spec["minAvailable"] = least.DeepClone();
        }

        if (wanted.MaxUnavailable is { } most)
        {
            spec["maxUnavailable"] = most.DeepClone();
        }

        budget["spec"] = spec;
        return budget;
    }
}
