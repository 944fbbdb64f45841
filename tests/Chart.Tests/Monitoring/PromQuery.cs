using System.Text.RegularExpressions;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>
/// Which metrics an expression of Prometheus asks for, and which of their labels: in selectors, in <c>by</c>, in <c>on</c>. As much of the grammar as that needs; promtool
/// and Grafana know the rest.
/// </summary>
internal static partial class PromQuery
{
    private static readonly HashSet<string> Words = new(["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "inf", "nan"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Every metric with the labels that are asked of it.</summary>
    public static IReadOnlyList<(string Metric, IReadOnlySet<string> Labels)> Read(string expression)
    {
        var text = Durations().Replace(expression, "");
        var selectors = Selectors(text).ToList();
        foreach (Match grouping in Groupings().Matches(text))
        {
            var labels = Names(grouping.Groups["labels"].Value);

            // "by" speaks of what stands in the parentheses after it, of "and" and "unless" the left side; "on" of both sides.
            var (from, to) = grouping.Groups["word"].Value == "by" ? Operand(text, grouping.Index + grouping.Length) : (0, text.Length);
            foreach (var selector in selectors.Where(selector => selector.At >= from && selector.At < to))
            {
                selector.Labels.UnionWith(labels);
            }
        }

        return [.. selectors.Select(static selector => (selector.Metric, (IReadOnlySet<string>)selector.Labels))];
    }

    private static IEnumerable<Selector> Selectors(string text)
    {
        var plain = Groupings().Replace(Quoted().Replace(text, static quoted => new string('~', quoted.Length)), static grouping => new string(' ', grouping.Length));
        foreach (Match word in Identifiers().Matches(Braces().Replace(plain, static braces => $"{{{new string(' ', braces.Length - 2)}}}")))
        {
            var after = plain.AsSpan(word.Index + word.Length).TrimStart();
            if (Words.Contains(word.Value) || after.StartsWith("("))
            {
                continue;
            }

            var end = word.Index + word.Length;
            var labels = end < plain.Length && plain[end] == '{' ? Names(Matchers().Replace(plain[(end + 1)..plain.IndexOf('}', end)], ",")) : [];
            yield return new Selector(word.Value, labels, word.Index);
        }
    }

    private static (int From, int To) Operand(string text, int start)
    {
        var open = text.IndexOf('(', start);
        var depth = 0;
        for (var at = open; at < text.Length; at++)
        {
            depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
            if (depth == 0 || (depth == 1 && SetOperators().IsMatch(text, at)))
            {
                return (open, at);
            }
        }

        throw new FormatException($"The parenthesis at {open} of \"{text}\" is not closed.");
    }

    private static HashSet<string> Names(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    [GeneratedRegex("""\[[^\]]*\]|\boffset\s+\w+""")]
    private static partial Regex Durations();

    [GeneratedRegex("""\G\b(?:and|unless)\b""")]
    private static partial Regex SetOperators();

    [GeneratedRegex("""\b(?<word>by|on)\s*\((?<labels>[^)]*)\)""")]
    private static partial Regex Groupings();

    [GeneratedRegex(""" "(\\.|[^"\\])*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Quoted();

    [GeneratedRegex("""\{[^}]*\}""")]
    private static partial Regex Braces();

    [GeneratedRegex("""\s*(=~|!~|!=|=)\s*~*""")]
    private static partial Regex Matchers();

    [GeneratedRegex("""(?<![\w:.~$])[a-zA-Z_:][\w:]*""")]
    private static partial Regex Identifiers();

    private sealed record Selector(string Metric, HashSet<string> Labels, int At);
}
