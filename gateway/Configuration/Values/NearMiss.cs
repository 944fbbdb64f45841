namespace SentryOtel.Gateway.Configuration.Values;

/// <summary>Finds the word that was probably meant.</summary>
internal static class NearMiss
{
    private const int MaxEdits = 3;

    /// <summary>The candidate with the fewest edits from <paramref name="word"/>, if that is close enough to be worth a hint.</summary>
    public static string? Find(string word, IEnumerable<string> candidates) =>
        candidates
            .Select(candidate => (candidate, Edits: Distance(word, candidate)))
            .Where(pair => pair.Edits <= Math.Min(MaxEdits, word.Length / 2))
            .OrderBy(pair => pair.Edits)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();

    /// <summary>The hint in words, with a leading space; empty when nothing is near.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        Find(word, candidates) is { } found ? $" Did you mean \"{found}\"?" : string.Empty;

    // Levenshtein's distance, with two neighbours changing places as one edit: the most frequent slip.
    private static int Distance(string left, string right)
    {
        var edits = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                edits[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(edits[i - 1, j] + 1, edits[i, j - 1] + 1),
                    edits[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[left.Length, right.Length];
    }
}
