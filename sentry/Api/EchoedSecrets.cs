namespace SentryOtel.Sentry.Api;

/// <summary>
/// Takes secrets out of a text that came back from where they were sent: a proxy in between may answer with the request that it got, and what an answer says goes to logs,
/// metrics and conditions.
/// </summary>
public static class EchoedSecrets
{
    /// <summary>Stands where a secret was.</summary>
    public const string Hidden = "[REDACTED]";

    /// <summary>A shorter word is no secret, and would be found in any sentence.</summary>
    private const int MinLength = 8;

    private static readonly char[] Separators = [' ', ',', ';', '='];

    /// <summary>The text without the secrets.</summary>
    /// <param name="text">What was answered.</param>
    /// <param name="secrets">What was sent. Of a value of several words, as <c>Bearer …</c>, each counts.</param>
    public static string Hide(string text, IEnumerable<string> secrets)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(secrets);
        foreach (var word in secrets.SelectMany(static secret => secret.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Prepend(secret)))
        {
            if (word.Length >= MinLength && text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                text = text.Replace(word, Hidden, StringComparison.OrdinalIgnoreCase);
            }
        }

        return text;
    }
}
