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

    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var current = new int[right.Length + 1];
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substitution = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), substitution);
            }

            previous = current;
        }

        return previous[^1];
    }
}
