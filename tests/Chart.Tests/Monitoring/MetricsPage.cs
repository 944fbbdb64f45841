using SentryOtel.Testing;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>docs/metrics.md: the metrics of the operator. Those of the gateway are in docs/gateway.md, which the gateway's own tests compare.</summary>
internal static class MetricsPage
{
    // A series appears with its first measurement, and nothing of this happens while all is well.
    private static readonly string[] Rare = ["informer_handler_errors_total", "informer_skipped_objects_total", "reflector_watches_total", "rest_client_undecodable_objects_total"];

    /// <summary>What the page and the running operators say differently. Gateways' samples in the scrape are left out, and what .NET tells of itself.</summary>
    public static IEnumerable<string> Differences(Scrape scrape)
    {
        var documented = Rows("docs/metrics.md").ToDictionary(static row => row.Name, StringComparer.Ordinal);
        var gateway = Rows("docs/gateway.md").ToDictionary(static row => row.Name, StringComparer.Ordinal);
        foreach (var (name, type) in scrape.Types.Where(static family => !IsOfTheFramework(family.Key)))
        {
            if ((documented.GetValueOrDefault(name) ?? gateway.GetValueOrDefault(name)) is not { } row)
            {
                yield return $"{name} is in no page";
                continue;
            }

            var labels = scrape.Labels[type == "histogram" ? $"{name}_count" : name];
            if (row.Type != type || !labels.SetEquals(row.Labels))
            {
                yield return $"{name} is a {type} with {string.Join(", ", labels)}; the page says {row.Type} with {string.Join(", ", row.Labels)}";
            }
        }

        foreach (var name in documented.Keys.Except(scrape.Types.Keys).Except(Rare))
        {
            yield return $"{name} is in docs/metrics.md, and no operator shows it";
        }
    }

    // Meters of Kestrel, HttpClient, DNS and the runtime, under OpenTelemetry's names.
    private static bool IsOfTheFramework(string name) => ((string[])["dotnet_", "kestrel_", "http_", "aspnetcore_", "dns_", "System_", "Polly", "resilience_", "signalr_"]).Any(name.StartsWith);

    // Rows of the form | `name` | type | labels | ... |
    private static IEnumerable<Row> Rows(string path) => File.ReadLines(RepositoryFiles.PathOf(path))
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(static cells => cells.Length > 4 && cells[1].StartsWith('`') && cells[2] is "counter" or "gauge" or "histogram")
        .Select(static cells => new Row(cells[1].Trim('`'), cells[2], [.. cells[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]));

    private sealed record Row(string Name, string Type, IReadOnlyList<string> Labels);
}
