using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SentryOtel.Crds.Serialization;

namespace SentryOtel.Cli.Conversion;

/// <summary>A manifest as YAML, with a comment at each value that is to be filled in.</summary>
internal static partial class ManifestText
{
    /// <param name="manifest">The manifest.</param>
    /// <param name="placeholders">What to put in place of each placeholder.</param>
    public static string Of(JsonObject manifest, IReadOnlyDictionary<string, string> placeholders)
    {
        var text = new StringBuilder();
        foreach (var line in YamlText.Of(manifest).TrimEnd('\n').Split('\n'))
        {
            text.Append(line);
            var missing = Gap().Matches(line).Select(static match => match.Groups[1].Value)
                .Concat(placeholders.Where(placeholder => Holds(line, placeholder.Key)).Select(static placeholder => placeholder.Value))
                .Distinct(StringComparer.Ordinal)
                .ToList();
            if (missing.Count > 0)
            {
                text.Append("  # put ").AppendJoin(" and ", missing).Append(" here");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static bool Holds(string line, string placeholder)
    {
        var value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return Regex.IsMatch(value, $"(?<![a-z0-9-]){Regex.Escape(placeholder)}(?![a-z0-9-])");
    }

    [GeneratedRegex("<((?:the value|the content) of [^>]+)>")]
    private static partial Regex Gap();
}
