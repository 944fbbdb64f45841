using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Manifests;

/// <summary>Maps in which what is not set is absent.</summary>
internal static class JsonMap
{
    /// <summary>The entries that have a value; an empty map is none.</summary>
    public static JsonObject Filled(params ReadOnlySpan<(string Key, JsonNode? Value)> entries)
    {
        var map = new JsonObject();
        foreach (var (key, value) in entries)
        {
            if (value is not null and not JsonObject { Count: 0 })
            {
                map[key] = value;
            }
        }

        return map;
    }

    /// <summary>Texts as a list; null for none.</summary>
    public static JsonArray? List(IReadOnlyCollection<string>? texts) =>
        texts is { Count: > 0 } ? [.. texts.Select(static text => (JsonNode)text)] : null;
}
