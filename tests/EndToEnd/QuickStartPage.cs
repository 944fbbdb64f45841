using System.Text;
using System.Text.RegularExpressions;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>The commands of docs/quick-start.md, in their order, and what the page says they print.</summary>
internal sealed partial class QuickStartPage
{
    public const string Path = "docs/quick-start.md";

    private readonly List<(string? Command, string Text)> _parts = [];

    private QuickStartPage(string manifest) => Manifest = manifest;

    /// <summary>The exporter that the page has people put into exporter.yaml.</summary>
    public string Manifest { get; }

    /// <summary>Each command, and the last lines of what it prints; nothing where the page shows nothing.</summary>
    public IEnumerable<(string Command, string Shown)> Commands => _parts.Where(static part => part.Command is not null).Select(static part => (part.Command!, part.Text));

    public static QuickStartPage Read()
    {
        var lines = File.ReadAllLines(RepositoryFiles.PathOf(Path));
        var page = new QuickStartPage(string.Join('\n', lines.SkipWhile(static line => line != "```yaml").Skip(1).TakeWhile(static line => line != "```")) + "\n");
        var isConsole = false;
        foreach (var line in lines)
        {
            isConsole = line == "```console" || (isConsole && line != "```");
            if (isConsole && line.StartsWith("$ ", StringComparison.Ordinal))
            {
                page._parts.Add((line[2..], ""));
            }
            else if (isConsole && page._parts is [.., { Command: { } command, Text: var text }])
            {
                page._parts[^1] = (command, text + line + "\n");
            }
            else
            {
                page._parts.Add((null, line + "\n"));
            }
        }

        return page;
    }

    /// <summary>The page with other output below its commands; those without any keep none.</summary>
    public string With(IReadOnlyList<string> outputs)
    {
        var (text, next) = (new StringBuilder(), 0);
        foreach (var (command, shown) in _parts)
        {
            text.Append(command is null ? shown : $"$ {command}\n{(shown.Length == 0 ? "" : outputs[next])}");
            next += command is null ? 0 : 1;
        }

        return text.ToString();
    }

    /// <summary>Output without what differs from run to run: ages, durations, ids, names of pods, widths of columns.</summary>
    public static string Settled(string output) =>
        Blanks().Replace(Varying().Replace(output, static match => match.Groups["pod"].Success ? "POD" : "…"), " ").Trim();

    [GeneratedRegex(@"(?<pod>\b[a-z]+-gateway-[a-z0-9]+-[a-z0-9]{5}\b)|\b[0-9a-f]{32}\b|\b\d+ ms\b|\b(?:\d+[smh])+\b")]
    private static partial Regex Varying();

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();
}
