using System.Text;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>
/// Names of the Prometheus data model from those of instruments, by the rules of OpenTelemetry's Prometheus
/// compatibility: characters outside [a-zA-Z0-9_:] become '_', known units and _total are appended once.
/// </summary>
internal static class MetricName
{
    public static string For(string instrument, string? unit, bool isCounter)
    {
        var name = Sanitise(instrument, allowColon: true);
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => null,
        };
        var stem = isCounter && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
        if (suffix is not null && !stem.EndsWith(suffix, StringComparison.Ordinal))
        {
            stem += suffix;
        }

        return isCounter ? stem + "_total" : stem;
    }

    public static string Label(string key) => Sanitise(key, allowColon: false);

    private static string Sanitise(string text, bool allowColon)
    {
        var builder = new StringBuilder(text.Length + 1);
        foreach (var c in text)
        {
            builder.Append(char.IsAsciiLetterOrDigit(c) || c == '_' || (allowColon && c == ':') ? c : '_');
        }

        if (builder.Length == 0 || char.IsAsciiDigit(builder[0]))
        {
            builder.Insert(0, '_');
        }

        return builder.ToString();
    }
}
