using System.Globalization;

namespace SentryOtel.Cli.Terminal;

/// <summary>Times as kubectl tells them.</summary>
internal static class Ages
{
    /// <summary>How long ago: <c>42s</c>, <c>5m</c>, <c>3h</c>, <c>12d</c>; a dash for never.</summary>
    public static string Since(DateTimeOffset? time, DateTimeOffset now)
    {
        if (time is not { } from)
        {
            return "-";
        }

        var age = now > from ? now - from : TimeSpan.Zero;
        var (number, unit) = age switch
        {
            { TotalMinutes: < 2 } => (age.TotalSeconds, "s"),
            { TotalHours: < 2 } => (age.TotalMinutes, "m"),
            { TotalDays: < 2 } => (age.TotalHours, "h"),
            _ => (age.TotalDays, "d"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(long)number}{unit}");
    }

    /// <summary>A moment in UTC, to the second.</summary>
    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
