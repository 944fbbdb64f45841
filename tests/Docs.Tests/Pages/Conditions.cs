using System.Text.RegularExpressions;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>The reasons of docs/conditions.md, which a test of the operator holds against the code.</summary>
internal static partial class Conditions
{
    // The other sections speak of what is well, of what was only planned, and of deletions as they should be.
    private static readonly string[] OfTrouble =
        ["What somebody wanted so", "The spec", "Secrets", "Sentry's API", "Projects", "Gateway", "Events of discovery", "Events of a route's project"];

    private static readonly Page Document = Page.Read("docs/conditions.md");

    /// <summary>Every word that stands in backticks there: reasons, types, and what else it calls by its name.</summary>
    public static IReadOnlySet<string> Words { get; } = Document.Spans.ToHashSet(StringComparer.Ordinal);

    /// <summary>Reasons that mean trouble.</summary>
    public static IReadOnlySet<string> Trouble { get; } = Read().Append("ProjectLeftBehind").ToHashSet(StringComparer.Ordinal);

    /// <summary>Types of conditions.</summary>
    public static IReadOnlySet<string> Types { get; } = Document.Prose
        .TakeWhile(static line => line != "## Reasons")
        .Select(static line => Reason().Match(line)).Where(static match => match.Success)
        .Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Read()
    {
        var section = "";
        foreach (var line in Document.Prose)
        {
            if (line.StartsWith('#'))
            {
                section = line.TrimStart('#', ' ');
            }
            else if (OfTrouble.Contains(section))
            {
                foreach (var match in Reason().Matches(line).Cast<Match>())
                {
                    yield return match.Groups[1].Value;
                }
            }
        }
    }

    // The first cell of a row, or the names before the colon of an item.
    [GeneratedRegex(@"(?:^\| |^- (?:`\w+`, )*|\. )`([A-Z]\w+)`(?: \||:|, `)")]
    private static partial Regex Reason();
}
