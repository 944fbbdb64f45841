using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary><c>service.telemetry.logs.level</c>, which a reload may change.</summary>
internal sealed class LogThreshold(string level)
{
    private volatile int _minimum = (int)Parse(level);

    public void Set(string level) => _minimum = (int)Parse(level);

    /// <summary>Whether a line is written. ASP.NET Core speaks one level less than the gateway, and only under debug of what goes well.</summary>
    public bool Passes(string? category, LogLevel level)
    {
        var minimum = (LogLevel)_minimum;
        return category?.StartsWith("Microsoft", StringComparison.Ordinal) == true
            ? level >= (minimum == LogLevel.Debug ? LogLevel.Information : minimum < LogLevel.Warning ? LogLevel.Warning : minimum)
            : level >= minimum;
    }

    private static LogLevel Parse(string level) => level switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
