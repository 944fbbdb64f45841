using System.Globalization;
using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Configuration.Yaml;

/// <summary>The values of a section by their kind. One that can not be read is reported, and the default stands for it.</summary>
internal static class SectionValues
{
    public static Secret? Secret(this SectionReader section, string key) => section.Text(key) is { Length: > 0 } text ? new Secret(text) : null;

    public static bool Flag(this SectionReader section, string key, bool otherwise)
    {
        switch (section.Text(key))
        {
            case null:
                return otherwise;
            case "true" or "True" or "TRUE":
                return true;
            case "false" or "False" or "FALSE":
                return false;
            default:
                section.Error(key, "must be true or false.");
                return otherwise;
        }
    }

    public static long Number(this SectionReader section, string key, long otherwise, long min, long max)
    {
        if (section.Text(key) is not { } text)
        {
            return otherwise;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        section.Error(key, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}."));
        return otherwise;
    }

    public static double Fraction(this SectionReader section, string key, double otherwise, double min, double max)
    {
        if (section.Text(key) is not { } text)
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        section.Error(key, string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}."));
        return otherwise;
    }

    public static TimeSpan Duration(this SectionReader section, string key, TimeSpan otherwise, TimeSpan min)
    {
        if (section.Text(key) is not { } text)
        {
            return otherwise;
        }

        if (!GoDuration.TryParse(text, out var duration))
        {
            section.Error(key, "must be a duration with units, as 30s or 1m30s.");
            return otherwise;
        }

        if (duration < min)
        {
            section.Error(key, min == TimeSpan.Zero
                ? "must not be negative."
                : string.Create(CultureInfo.InvariantCulture, $"must be at least {min.TotalMilliseconds}ms."));
            return otherwise;
        }

        return duration;
    }

    public static long Bytes(this SectionReader section, string key, long otherwise, long min)
    {
        if (section.Text(key) is not { } text)
        {
            return otherwise;
        }

        if (ByteSize.TryParse(text, out var bytes) && bytes >= min)
        {
            return bytes;
        }

        section.Error(key, string.Create(CultureInfo.InvariantCulture, $"must be a size of at least {min} bytes, as 1048576 or 16MiB."));
        return otherwise;
    }

    public static string OneOf(this SectionReader section, string key, string otherwise, params ReadOnlySpan<string> allowed)
    {
        if (section.Text(key) is not { } text)
        {
            return otherwise;
        }

        if (allowed.Contains(text))
        {
            return text;
        }

        section.Error(key, $"must be one of {string.Join(", ", allowed.ToArray())}.");
        return otherwise;
    }

    public static ListenEndpoint Endpoint(this SectionReader section, string key, ListenEndpoint otherwise)
    {
        if (section.Text(key) is not { } text)
        {
            return otherwise;
        }

        if (ListenEndpoint.TryParse(text, out var endpoint))
        {
            return endpoint!;
        }

        section.Error(key, "must be an address to listen on: an IP address or localhost, a colon, a port; as 0.0.0.0:4317 or [::]:4317.");
        return otherwise;
    }
}
