using System.Globalization;

namespace SentryOtel.Gateway.Configuration.Values;

/// <summary>Sizes: a number of bytes, or one with a unit of 1024 (<c>KiB</c>, <c>MiB</c>, <c>GiB</c>; also <c>Ki</c>, <c>Mi</c>, <c>Gi</c>) or of 1000 (<c>KB</c>, <c>MB</c>, <c>GB</c>).</summary>
internal static class ByteSize
{
    private static readonly (string Unit, double Factor)[] Units =
    [
        ("KiB", 1024), ("MiB", 1024 * 1024), ("GiB", 1024 * 1024 * 1024), ("Ki", 1024), ("Mi", 1024 * 1024), ("Gi", 1024 * 1024 * 1024),
        ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1), (string.Empty, 1),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var unit = Array.Find(Units, candidate => text.EndsWith(candidate.Unit, StringComparison.OrdinalIgnoreCase));
        var number = text.AsSpan(0, text.Length - unit.Unit.Length).TrimEnd();
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || value * unit.Factor > long.MaxValue / 2)
        {
            return false;
        }

        bytes = (long)(value * unit.Factor);
        return true;
    }
}
