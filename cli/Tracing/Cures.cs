using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace SentryOtel.Cli.Tracing;

/// <summary>What cures a condition, by its reason: the words of docs/conditions.md, which is part of the program.</summary>
internal static partial class Cures
{
    private static readonly FrozenDictionary<string, string> Known = Read();

    /// <summary>The cure of a reason; null when the document has none.</summary>
    public static string? For(string? reason) => reason is null ? null : Known.GetValueOrDefault(reason);

    private static FrozenDictionary<string, string> Read()
    {
        using var stream = typeof(Cures).Assembly.GetManifestResourceStream("conditions.md")!;
        using var reader = new StreamReader(stream);
        var cures = new Dictionary<string, string>(StringComparer.Ordinal);
        var column = -1;
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('|'))
            {
                column = -1;
                continue;
            }

            var cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (column < 0)
            {
                column = Array.IndexOf(cells, "cure") is var found and >= 0 ? found : int.MaxValue;
            }
            else if (column < cells.Length && Reason().Match(cells[0]) is { Success: true } reason)
            {
                cures.TryAdd(reason.Groups[1].Value, cells[column].Replace("`", "", StringComparison.Ordinal));
            }
        }

        return cures.ToFrozenDictionary(StringComparer.Ordinal);
    }

    [GeneratedRegex("^`([A-Za-z]+)`$")]
    private static partial Regex Reason();
}
