using System.Text.Json.Nodes;
using SentryOtel.Crds.Serialization;

namespace SentryOtel.Crds.Generator;

/// <summary>The definitions of both kinds as files.</summary>
internal static class Definitions
{
    private const string Header = "# Generated from the C# types in crds/ by crds/generator: change those, not this.\n";

    /// <summary>Definitions with CEL rules (servers from 1.25 on) or without.</summary>
    public static IEnumerable<JsonObject> Build(bool rules)
    {
        var builder = new DefinitionBuilder(XmlDocumentation.Of(typeof(SentryExporter).Assembly), rules);
        yield return builder.Build<SentryExporter>();
        yield return builder.Build<SentryProjectRoute>();
    }

    /// <summary>
    /// Path and text of every file: with rules in <paramref name="folder"/>, both forms below <paramref name="chart"/>, the reference in <paramref name="docs"/>.
    /// </summary>
    public static IEnumerable<(string Path, string Text)> Files(string folder, string? chart, string? docs = null)
    {
        if (docs is not null)
        {
            yield return (Path.Combine(docs, "custom-resources.md"), ReferencePage.Of(Build(rules: true)));
        }

        foreach (var rules in (bool[])[true, false])
        {
            foreach (var definition in Build(rules))
            {
                var (file, text) = (FileName(definition), Header + YamlText.Of(definition));
                if (rules)
                {
                    yield return (Path.Combine(folder, file), text);
                }

                if (chart is not null)
                {
                    yield return (Path.Combine(chart, "files", "crds", rules ? "cel" : "plain", file), text);
                }
            }
        }
    }

    private static string FileName(JsonObject definition)
    {
        var spec = definition["spec"]!;
        return $"{spec["group"]}_{spec["names"]!["plural"]}.yaml";
    }
}
