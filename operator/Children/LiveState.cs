using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>
/// Compares a manifest with the live object. The server adds defaults and others add fields of their own, so the question is only whether all that is wanted
/// is there.
/// </summary>
internal static class LiveState
{
    // Lists of these items are merged by name on the server, so others may have added items.
    private const string MergeKey = "name";

    /// <summary>Whether <paramref name="live"/> holds all that <paramref name="wanted"/> says.</summary>
    public static bool Holds(JsonNode? live, JsonNode? wanted) => (wanted, live) switch
    {
        (null, null) => true,
        (JsonObject want, JsonObject have) => want.All(field => field.Value is JsonObject { Count: 0 } || Holds(have[field.Key], field.Value)),
        (JsonArray want, JsonArray have) => IsNamed(want) ? HoldsNamed(have, want) : want.Count == have.Count && want.Zip(have).All(static pair => Holds(pair.Second, pair.First)),
        (JsonArray { Count: 0 }, null) => true,
        (JsonValue want, JsonValue have) => Same(have, want),
        _ => false,
    };

    private static bool IsNamed(JsonArray list) => list.Count > 0 && list.All(static item => NameOf(item) is not null);

    private static bool HoldsNamed(JsonArray live, JsonArray wanted) =>
        wanted.All(want => live.Any(have => NameOf(have) == NameOf(want) && Holds(have, want)));

    private static string? NameOf(JsonNode? item) =>
        item is JsonObject map && map[MergeKey] is JsonValue name && name.GetValueKind() == JsonValueKind.String ? name.GetValue<string>() : null;

    private static bool Same(JsonValue live, JsonValue wanted)
    {
        if (JsonNode.DeepEquals(live, wanted))
        {
            return true;
        }

        // The server writes quantities in a form of its own: 1000m is 1.
        return live.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
            && wanted.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
            && Quantity.TryParse(live.ToString(), out var left)
            && Quantity.TryParse(wanted.ToString(), out var right)
            && left == right;
    }
}
