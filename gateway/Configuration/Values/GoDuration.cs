using System.Buffers;
using System.Globalization;

namespace SentryOtel.Gateway.Configuration.Values;

/// <summary>
/// Durations as Go writes them and the Collector reads them: a sign, then decimal numbers with a unit each (<c>ns</c>, <c>us</c>,
/// <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c>), as <c>1m30s</c>; a bare <c>0</c> needs no unit.
/// </summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", TimeSpan.TicksPerMicrosecond / 1000.0),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("µs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-", StringComparison.Ordinal);
        rest = negative || rest.StartsWith("+", StringComparison.Ordinal) ? rest[1..] : rest;
        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        double ticks = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || UnitAt(rest[digits..]) is not { } unit)
            {
                return false;
            }

            ticks += number * unit.Ticks;
            rest = rest[(digits + unit.Unit.Length)..];
        }

        if (ticks > TimeSpan.MaxValue.Ticks / 2)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(negative ? -ticks : ticks));
        return true;
    }

    private static (string Unit, double Ticks)? UnitAt(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(Digits);
        var name = end < 0 ? text : text[..end];
        foreach (var unit in Units)
        {
            if (name.SequenceEqual(unit.Unit))
            {
                return unit;
            }
        }

        return null;
    }
}
