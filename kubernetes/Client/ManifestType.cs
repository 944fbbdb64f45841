using System.Text.Json.Nodes;

namespace SentryOtel.Kubernetes.Client;

/// <summary>What a manifest says it is.</summary>
internal static class ManifestType
{
    private static readonly string[] Identity = ["name", "namespace", "uid", "resourceVersion"];

    public static (string Group, string Version, string Kind) Of(JsonObject manifest)
    {
        var apiVersion = Text(manifest, "apiVersion");
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], Text(manifest, "kind"));
    }

    public static (string Name, string? Namespace) NameOf(JsonObject manifest)
    {
        var metadata = manifest["metadata"] as JsonObject
            ?? throw new ArgumentException("metadata is missing in the manifest.", nameof(manifest));
        return (Text(metadata, "name"), (metadata["namespace"] as JsonValue)?.GetValue<string>());
    }

    /// <summary>Identity and the part written through a subresource: an apply must not claim what it does not write.</summary>
    public static JsonObject OnlySubresource(JsonObject manifest, string subresource)
    {
        var metadata = new JsonObject();
        foreach (var key in Identity)
        {
            if (manifest["metadata"]?[key] is { } value)
            {
                metadata[key] = value.DeepClone();
            }
        }

        return new JsonObject
        {
            ["apiVersion"] = manifest["apiVersion"]?.DeepClone(),
            ["kind"] = manifest["kind"]?.DeepClone(),
            ["metadata"] = metadata,
            [subresource] = manifest[subresource]?.DeepClone(),
        };
    }

    private static string Text(JsonObject node, string key) =>
        node[key] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : throw new ArgumentException($"{key} is missing in the manifest.", nameof(node));
}
