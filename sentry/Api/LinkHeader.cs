namespace SentryOtel.Sentry.Api;

/// <summary>
/// Sentry's paging header: <c>&lt;url&gt;; rel="next"; results="true"; cursor="0:100:0"</c>, several links separated by commas.
/// Only the cursor is used: the address in the link may name a host that this client does not call.
/// </summary>
internal static class LinkHeader
{
    /// <summary>The cursor of the next page; null on the last one.</summary>
    public static string? NextCursor(IEnumerable<string> values)
    {
        foreach (var link in values.SelectMany(Links))
        {
            var parameters = Parameters(link);
            if (parameters.GetValueOrDefault("rel") == "next")
            {
                return parameters.GetValueOrDefault("results") == "true" && parameters.GetValueOrDefault("cursor") is { Length: > 0 } cursor
                    ? cursor
                    : null;
            }
        }

        return null;
    }

    private static IEnumerable<string> Links(string header) => Split(header, ',');

    private static Dictionary<string, string> Parameters(string link)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in Split(link, ';').Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parameters.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim().Trim('"'));
            }
        }

        return parameters;
    }

    /// <summary>Splits outside of <c>&lt;...&gt;</c> and quotes.</summary>
    private static IEnumerable<string> Split(string text, char separator)
    {
        var start = 0;
        var inAddress = false;
        var inQuotes = false;
        for (var i = 0; i < text.Length; i++)
        {
            inAddress = text[i] switch { '<' when !inQuotes => true, '>' when !inQuotes => false, _ => inAddress };
            if (text[i] == '"' && !inAddress)
            {
                inQuotes = !inQuotes;
            }
            else if (text[i] == separator && !inAddress && !inQuotes)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }
}
