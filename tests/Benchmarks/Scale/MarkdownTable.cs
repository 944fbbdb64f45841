namespace SentryOtel.Benchmarks.Scale;

/// <summary>Writes tables in Markdown.</summary>
internal static class MarkdownTable
{
    public static void Write(TextWriter output, string title, IEnumerable<(string Name, string Value)> rows)
    {
        output.WriteLine();
        output.WriteLine($"| {title} | |");
        output.WriteLine("|---|---|");
        foreach (var (name, value) in rows)
        {
            output.WriteLine($"| {name} | {value} |");
        }
    }

    /// <summary>Counts, largest first, with their sum at the top.</summary>
    public static IEnumerable<(string Name, string Value)> Counts(IReadOnlyDictionary<string, long> counts, double dividedBy = 1) =>
        counts.OrderByDescending(static count => count.Value).ThenBy(static count => count.Key, StringComparer.Ordinal)
            .Select(count => ($"`{count.Key}`", Text(count.Value / dividedBy)))
            .Prepend(("all", Text(counts.Values.Sum() / dividedBy)));

    private static string Text(double count) => count == Math.Floor(count) ? $"{count:N0}" : $"{count:N1}";
}
