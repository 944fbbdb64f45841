using System.Text.Json.Nodes;

namespace SentryOtel.Crds.Generator;

/// <summary>Schema of meta/v1 Condition, with the bounds of Kubernetes' own API conventions.</summary>
internal static class ConditionSchema
{
    /// <summary>A new copy of the schema.</summary>
    public static JsonObject Create() => new()
    {
        ["description"] = "One aspect of the object's state.",
        ["properties"] = new JsonObject
        {
            ["lastTransitionTime"] = new JsonObject { ["description"] = "When status last changed.", ["format"] = "date-time", ["type"] = "string" },
            ["message"] = new JsonObject { ["description"] = "What happened, for a person.", ["maxLength"] = 32768, ["type"] = "string" },
            ["observedGeneration"] = new JsonObject
            {
                ["description"] = "Generation of the spec that the condition speaks of.",
                ["format"] = "int64",
                ["minimum"] = 0,
                ["type"] = "integer",
            },
            ["reason"] = new JsonObject
            {
                ["description"] = "One word in CamelCase, for a program.",
                ["maxLength"] = 1024,
                ["minLength"] = 1,
                ["pattern"] = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
                ["type"] = "string",
            },
            ["status"] = new JsonObject
            {
                ["description"] = "Whether the condition holds.",
                ["enum"] = new JsonArray("True", "False", "Unknown"),
                ["type"] = "string",
            },
            ["type"] = new JsonObject { ["description"] = "What the condition is about.", ["maxLength"] = 316, ["minLength"] = 1, ["type"] = "string" },
        },
        ["required"] = new JsonArray("lastTransitionTime", "message", "reason", "status", "type"),
        ["type"] = "object",
    };
}
