using System.Text;
using System.Text.RegularExpressions;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Path of the page, from the repository's top.</param>
/// <param name="Line">Line of its first line.</param>
/// <param name="Language">What stands behind the fence; may be empty.</param>
/// <param name="Text">Its lines.</param>
internal sealed record CodeBlock(string Page, int Line, string Language, string Text)
{
    public override string ToString() => $"{Page}:{Line}";
}

/// <summary>A page of Markdown, taken apart as far as the tests ask.</summary>
internal sealed partial class Page
{
    private Page(string path, IReadOnlyList<string> prose, IReadOnlyList<CodeBlock> blocks)
    {
        Path = path;
        Prose = prose;
        Blocks = blocks;
        Anchors = AnchorsOf(prose).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>From the repository's top, parts separated by <c>/</c>.</summary>
    public string Path { get; }

    /// <summary>Its lines, with those of blocks empty.</summary>
    public IReadOnlyList<string> Prose { get; }

    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <summary>What a link may name behind <c>#</c>.</summary>
    public IReadOnlySet<string> Anchors { get; }

    /// <summary>Every page of the repository.</summary>
    public static IReadOnlyList<Page> All { get; } =
        [.. RepositoryPaths.All.Where(static path => path.EndsWith(".md", StringComparison.Ordinal)).Select(Read)];

    public static Page Read(string path)
    {
        var (prose, blocks) = (new List<string>(), new List<CodeBlock>());
        var lines = File.ReadAllLines(RepositoryFiles.PathOf(path));
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                var (language, indentation) = (lines[i].Trim().TrimStart('`'), lines[i].Length - lines[i].TrimStart().Length);
                var (first, text) = (i + 1, new StringBuilder());
                for (prose.Add(""), i++; i < lines.Length && lines[i].Trim() != "```"; i++, prose.Add(""))
                {
                    text.Append(lines[i].Length >= indentation ? lines[i][indentation..] : lines[i]).Append('\n');
                }

                blocks.Add(new CodeBlock(path, first + 1, language, text.ToString()));
                prose.Add("");
            }
            else
            {
                prose.Add(lines[i]);
            }
        }

        return new Page(path, prose, blocks);
    }

    /// <summary>What stands between single backticks.</summary>
    public IEnumerable<string> Spans => Prose.SelectMany(SpansOf);

    /// <summary>What stands between single backticks in a part of a page.</summary>
    public static IEnumerable<string> SpansOf(string text) => Span().Matches(text).Select(static match => match.Groups[1].Value);

    /// <summary>Targets of links, and the lines that they stand on.</summary>
    public IEnumerable<(int Line, string Target)> Links => Prose.SelectMany(static (line, index) =>
        Link().Matches(Span().Replace(line, "")).Select(match => (index + 1, match.Groups[1].Value)));

    /// <summary>Every line that a reader may type: those of blocks, indented ones, and spans.</summary>
    public IEnumerable<string> Commands => Blocks.SelectMany(static block => block.Text.Split('\n'))
        .Concat(Prose.Where(static line => line.StartsWith("    ", StringComparison.Ordinal)))
        .Concat(Spans);

    private static IEnumerable<string> AnchorsOf(IEnumerable<string> prose)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var heading in prose.Select(static line => Heading().Match(line)).Where(static match => match.Success))
        {
            var anchor = NoAnchor().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            var count = seen[anchor] = seen.GetValueOrDefault(anchor, -1) + 1;
            yield return count == 0 ? anchor : $"{anchor}-{count}";
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (.+)$")]
    private static partial Regex Heading();

    // As GitHub makes them: letters, digits, blanks, hyphens and underscores stay.
    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NoAnchor();
}
