using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>cors</c> of OTLP/HTTP.</summary>
internal static class CorsReader
{
    public static CorsConfiguration? Read(SectionReader? section)
    {
        if (section is null)
        {
            return null;
        }

        var origins = section.List("allowed_origins");
        foreach (var (origin, mark) in origins)
        {
            if (origin.Length == 0 || origin.Count(static c => c == '*') > 1)
            {
                section.ErrorAt(mark, "allowed_origins", "must be an origin with at most one *, as https://*.example.com.");
            }
        }

        var age = section.Number("max_age", 0, 0, int.MaxValue);
        var cors = new CorsConfiguration(
            Values(origins), Values(section.List("allowed_headers")), Values(section.List("exposed_headers")), age > 0 ? TimeSpan.FromSeconds(age) : null);
        section.Finish();
        return cors.Origins.Count > 0 ? cors : null;
    }

    private static ValueList<string> Values(IEnumerable<(string Value, YamlDotNet.Core.Mark Mark)> list) => new(list.Select(entry => entry.Value));
}
