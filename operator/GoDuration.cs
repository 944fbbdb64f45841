using System.Globalization;

namespace SentryOtel.Operator;

/// <summary>Durations in Go's notation, as the custom resources hold them: <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>.</summary>
internal static class GoDuration
{
    /// <summary>Reads what the schema's pattern has let through.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static TimeSpan Parse(string text) => TryParse(text, out var duration) && duration < TimeSpan.MaxValue
        ? duration
        : throw new FormatException($"\"{text}\" is no duration such as 30s or 1h30m.");

    /// <summary>The same; false for what is no duration. One that no clock can hold is the longest there is.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        double ticks = 0;
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
                return false;
            }

            long? length = text[unit..at] switch
            {
                "ms" => TimeSpan.TicksPerMillisecond,
                "s" => TimeSpan.TicksPerSecond,
                "m" => TimeSpan.TicksPerMinute,
                "h" => TimeSpan.TicksPerHour,
                _ => null,
            };
            if (length is null)
            {
                return false;
            }

            ticks += amount * length.Value;
        }

        duration = ticks >= TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)Math.Round(ticks));
        return text.Length > 0;
    }
}
