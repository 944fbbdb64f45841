using System.Globalization;

namespace SentryOtel.Operator.Manifests;

/// <summary>Kubernetes' quantities: <c>512Mi</c>, <c>1500m</c>, <c>2G</c>. The API server rewrites them to a canonical form.</summary>
internal static class Quantity
{
    private static readonly Dictionary<string, decimal> Suffixes = new(StringComparer.Ordinal)
    {
        [""] = 1m,
        ["m"] = 0.001m,
        ["k"] = 1e3m,
        ["M"] = 1e6m,
        ["G"] = 1e9m,
        ["T"] = 1e12m,
        ["P"] = 1e15m,
        ["Ki"] = 1024m,
        ["Mi"] = 1048576m,
        ["Gi"] = 1073741824m,
        ["Ti"] = 1099511627776m,
        ["Pi"] = 1125899906842624m,
    };

    /// <summary>The amount; false for what is no quantity.</summary>
    public static bool TryParse(string text, out decimal amount)
    {
        var unit = text.Length;
        while (unit > 0 && char.IsAsciiLetter(text[unit - 1]))
        {
            unit--;
        }

        amount = 0;
        if (!Suffixes.TryGetValue(text[unit..], out var factor)
            || !decimal.TryParse(text.AsSpan(0, unit), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || Math.Abs(number) > 1e12m * 1e3m)
        {
            return false;
        }

        amount = number * factor;
        return true;
    }

    /// <summary>Whole bytes of what the schema's pattern has let through.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static long Bytes(string text) => TryBytes(text, out var bytes) ? bytes : throw new FormatException($"\"{text}\" is no size such as 512Mi.");

    /// <summary>The same; false for anything else.</summary>
    public static bool TryBytes(string text, out long bytes)
    {
        var fits = TryParse(text, out var amount) && amount is >= 0 and <= long.MaxValue;
        bytes = fits ? (long)amount : 0;
        return fits;
    }
}
