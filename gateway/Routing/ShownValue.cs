namespace SentryOtel.Gateway.Routing;

/// <summary>A value of the routing attribute for a log line: it comes from the network, so it may be long, and a line holds no line break.</summary>
internal static class ShownValue
{
    private const int MaxLength = 100;

    public static string Of(string value)
    {
        var shown = value.Length <= MaxLength ? value : string.Concat(value.AsSpan(0, MaxLength), "…");
        return string.Create(shown.Length, shown, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(text[i]) ? ' ' : text[i];
            }
        });
    }
}
