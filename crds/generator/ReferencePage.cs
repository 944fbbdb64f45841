using System.Text;
using System.Text.Json.Nodes;

namespace SentryOtel.Crds.Generator;

/// <summary>The reference of the custom resources for people: each field with its type, default, bounds and meaning, and each rule.</summary>
internal static class ReferencePage
{
    /// <summary>The page in Markdown.</summary>
    public static string Of(IEnumerable<JsonObject> definitions)
    {
        var page = new StringBuilder();
        page.Append("# Custom resources\n\n");
        page.Append("<!-- Generated from the C# types in crds/ by crds/generator: change those, not this. -->\n\n");
        page.Append("Fields are named as in YAML; `[]` marks the items of a list. Bold fields are required. `kubectl explain` shows the same texts.\n");
        foreach (var definition in definitions)
        {
            Append(page, definition["spec"]!);
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, JsonNode spec)
    {
        var version = spec["versions"]![0]!;
        var schema = version["schema"]!["openAPIV3Schema"]!;
        var names = spec["names"]!;
        page.Append($"\n## {names["kind"]}\n\n{schema["description"]}\n\n");
        page.Append($"`apiVersion: {spec["group"]}/{version["name"]}`, `kind: {names["kind"]}`; also `kubectl get ");
        page.Append(string.Join("`, `kubectl get ", names["shortNames"]!.AsArray().Concat(names["categories"]!.AsArray()).Select(static name => (string?)name)));
        page.Append("`.\n");
        foreach (var part in (string[])["spec", "status"])
        {
            page.Append($"\n### {part}\n\n| Field | Type | Meaning |\n|---|---|---|\n");
            Rows(page, part, schema["properties"]![part]!.AsObject());
        }
    }

    private static void Rows(StringBuilder page, string path, JsonObject schema)
    {
        var required = schema["required"]?.AsArray().Select(static name => (string?)name).ToHashSet() ?? [];
        foreach (var rule in Rules(schema))
        {
            page.Append($"| `{path}` | | Rule: {rule}. |\n");
        }

        foreach (var (name, node) in schema["properties"]?.AsObject() ?? [])
        {
            var field = node!.AsObject();
            var own = $"{path}.{name}";
            var label = required.Contains(name) ? $"**`{own}`**" : $"`{own}`";
            page.Append($"| {label} | {TypeOf(field)} | {Meaning(field)} |\n");
            if (field["properties"] is not null)
            {
                Rows(page, own, field);
            }
            else if (field["items"] is JsonObject items && items["properties"] is not null)
            {
                Rows(page, own + "[]", items);
            }
        }
    }

    private static string Meaning(JsonObject field)
    {
        var text = new StringBuilder(Cell((string?)field["description"] ?? ""));
        if (field["default"] is { } value and not JsonObject)
        {
            text.Append($" Default: `{Plain(value)}`.");
        }

        var bounds = Bounds(field);
        if (bounds.Length > 0)
        {
            text.Append($" {bounds}.");
        }

        // Rules of an object stand in its own first rows.
        foreach (var rule in field["properties"] is null ? Rules(field) : [])
        {
            text.Append($" Rule: {rule}.");
        }

        return text.ToString();
    }

    private static string Bounds(JsonObject field)
    {
        string?[] parts =
        [
            field["minimum"] is { } least ? $"{least} to {field["maximum"]}" : null,
            field["maxLength"] is { } length ? $"At most {length} characters" : null,
            field["maxItems"] is { } items ? $"At most {items} items" : null,
            field["maxProperties"] is { } entries ? $"At most {entries} entries" : null,
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    private static string TypeOf(JsonObject field) => field switch
    {
        _ when field["x-kubernetes-int-or-string"] is not null => "integer or string",
        _ when field["enum"] is JsonArray values => string.Join(", ", values.Select(static value => $"`{value}`")),
        _ when field["additionalProperties"] is JsonObject element => $"map of {TypeOf(element)}",
        _ when field["items"] is JsonObject item => $"list of {TypeOf(item)}",
        _ when field["format"] is { } format && (string?)format == "date-time" => "time",
        _ => (string)field["type"]!,
    };

    private static IEnumerable<string> Rules(JsonObject schema) =>
        (schema["x-kubernetes-validations"]?.AsArray() ?? []).Select(static rule => Cell((string)rule!["message"]!));

    private static string Plain(JsonNode value) => value is JsonArray list ? string.Join(", ", list.Select(static item => item!.ToString())) : value.ToString();

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
