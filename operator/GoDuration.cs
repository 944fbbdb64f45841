using System.Globalization;

namespace SentryOtel.Operator;

/// <summary>Durations in Go's notation, as the custom resources hold them: <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>.</summary>
internal static class GoDuration
{
    /// <summary>Reads what the schema's pattern has let through.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static TimeSpan Parse(string text)
    {
        var total = TimeSpan.Zero;
        for (var at = 0; at < text.Length;)
        {
            var number = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            var unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
            {
                at++;
            }

            if (!double.TryParse(text.AsSpan(number, unit - number), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                throw new FormatException($"\"{text}\" is no duration such as 30s or 1h30m.");
            }

            total += amount * (text[unit..at] switch
            {
                "ms" => TimeSpan.FromMilliseconds(1),
                "s" => TimeSpan.FromSeconds(1),
                "m" => TimeSpan.FromMinutes(1),
                "h" => TimeSpan.FromHours(1),
                _ => throw new FormatException($"\"{text}\" is no duration such as 30s or 1h30m."),
            });
        }

        return total;
    }
}
