using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Crds.Generator;

/// <summary>Writes the table of a chart's values into its README: path, default, and the comment <c># --</c> above each in values.yaml.</summary>
internal static partial class ChartReadme
{
    private const string Begin = "<!-- values: made by make chart-docs -->";
    private const string End = "<!-- end of values -->";

    /// <summary>The README's path, and its text as it should be.</summary>
    /// <exception cref="InvalidDataException">The README has no place for the table.</exception>
    public static (string Path, string Text) Of(string chart)
    {
        var path = Path.Combine(chart, "README.md");
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        return begin < 0 || end < begin
            ? throw new InvalidDataException($"{path} lacks the lines \"{Begin}\" and \"{End}\", between which the table goes.")
            : (path, text[..(begin + Begin.Length)] + "\n\n" + Table(File.ReadAllText(Path.Combine(chart, "values.yaml"))) + "\n" + text[end..]);
    }

    /// <summary>The values that have a description, in their order.</summary>
    public static IReadOnlyList<(string Path, string Default, string Description)> Read(string values)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(values));
        var found = new List<(string, string, string)>();
        var parents = new Stack<(int Indent, string Path)>();
        string? description = null;
        foreach (var line in values.Split('\n'))
        {
            if (Comment().Match(line) is { Success: true } comment)
            {
                description = comment.Groups["text"].Value;
                continue;
            }

            if (Key().Match(line) is not { Success: true } key)
            {
                continue;
            }

            var indent = key.Groups["indent"].Length;
            while (parents.TryPeek(out var parent) && parent.Indent >= indent)
            {
                parents.Pop();
            }

            var path = parents.TryPeek(out var above) ? $"{above.Path}.{key.Groups["name"].Value}" : key.Groups["name"].Value;
            parents.Push((indent, path));
            if (description is not null)
            {
                found.Add((path, Flow(path.Split('.').Aggregate(yaml.Documents[0].RootNode, static (node, name) => node[name])), description));
            }

            description = null;
        }

        return found;
    }

    private static string Table(string values)
    {
        var table = new StringBuilder("| Value | Default | Meaning |\n|---|---|---|\n");
        foreach (var (path, @default, description) in Read(values))
        {
            table.Append("| `").Append(path).Append("` | `").Append(@default).Append("` | ").Append(description.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
        }

        return table.ToString();
    }

    private static string Flow(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.Count == 0 ? "{}" : $"{{{string.Join(", ", map.Children.Select(static pair => $"{pair.Key}: {Flow(pair.Value)}"))}}}",
        YamlSequenceNode list => $"[{string.Join(", ", list.Children.Select(Flow))}]",
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: { Length: > 0 } plain } => plain,
        YamlScalarNode scalar => JsonSerializer.Serialize(scalar.Value ?? ""),
        _ => node.ToString(),
    };

    [GeneratedRegex("""^\s*# -- (?<text>.+)$""")]
    private static partial Regex Comment();

    [GeneratedRegex("""^(?<indent> *)(?<name>[A-Za-z_][A-Za-z0-9_]*):""")]
    private static partial Regex Key();
}
