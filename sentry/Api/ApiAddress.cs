namespace SentryOtel.Sentry.Api;

/// <summary>Builds addresses under a base whose path prefix must survive, from segments that come from users.</summary>
internal static class ApiAddress
{
    /// <summary>The base with a trailing slash, so that combination appends instead of replacing.</summary>
    public static Uri Base(Uri url)
    {
        var text = url.GetLeftPart(UriPartial.Path);
        return new Uri(text.EndsWith('/') ? text : text + "/");
    }

    /// <summary>
    /// <c>{base}api/0/{segments}/?{query}</c>, or null when a segment is empty or a dot segment: those can not be escaped, and
    /// would name another object.
    /// </summary>
    public static Uri? Combine(Uri baseAddress, IEnumerable<string> segments, string? query)
    {
        var path = "api/0/";
        foreach (var segment in segments)
        {
            if (segment.Length == 0 || segment is "." or ".." || HasLoneSurrogate(segment))
            {
                return null;
            }

            path += Uri.EscapeDataString(segment) + "/";
        }

        return new Uri(baseAddress, query is null ? path : path + "?" + query);
    }

    private static bool HasLoneSurrogate(string segment) => segment.EnumerateRunes().Any(static rune => rune.Value == 0xFFFD);
}
