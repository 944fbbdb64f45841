using System.Text.Json.Nodes;
using SentryOtel.Crds.Serialization;

namespace SentryOtel.Operator.Manifests;

/// <summary>
/// The ConfigMap with the gateway's configuration file. Each storage of the queue has one of its own, so that pods of one kind never read what is meant for the
/// other while the storage is switched.
/// </summary>
internal static class GatewayConfigMap
{
    public static JsonObject Create(GatewayInputs inputs)
    {
        var map = ManifestMetadata.Child(inputs, "v1", "ConfigMap", name: NameOf(inputs, inputs.IsOnDisk));
        map["data"] = new JsonObject { [GatewayPaths.ConfigKey] = YamlText.Of(GatewayConfiguration.Create(inputs)) };
        return map;
    }

    public static string NameOf(GatewayInputs inputs, bool onDisk) => onDisk ? inputs.Name + "-disk" : inputs.Name;
}
