using System.Text.Json.Nodes;
using SentryOtel.Crds.Serialization;

namespace SentryOtel.Operator.Manifests;

/// <summary>The ConfigMap with the gateway's configuration file.</summary>
internal static class GatewayConfigMap
{
    public static JsonObject Create(GatewayInputs inputs)
    {
        var map = ManifestMetadata.Child(inputs, "v1", "ConfigMap");
        map["data"] = new JsonObject { [GatewayPaths.ConfigKey] = YamlText.Of(GatewayConfiguration.Create(inputs.Exporter)) };
        return map;
    }
}
