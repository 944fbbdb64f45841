using System.Text.Json.Nodes;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>The dashboards of the chart.</summary>
internal static class Dashboards
{
    public static IReadOnlyDictionary<string, JsonNode> All { get; } = Directory.EnumerateFiles(Path.Combine(Chart.Folder, "files", "dashboards"), "*.json")
        .ToDictionary(static path => Path.GetFileNameWithoutExtension(path), static path => JsonNode.Parse(File.ReadAllText(path))!, StringComparer.Ordinal);

    public static IEnumerable<JsonNode> Panels(JsonNode dashboard) => dashboard["panels"]!.AsArray().Select(static panel => panel!);

    /// <summary>Every expression with the place where it stands: of panels, and of the variables that Prometheus fills.</summary>
    public static IEnumerable<(string Place, string Expression)> Expressions()
    {
        foreach (var (name, dashboard) in All)
        {
            foreach (var panel in Panels(dashboard))
            {
                foreach (var target in panel["targets"]?.AsArray() ?? [])
                {
                    yield return ($"{name}, {panel["title"]}", (string)target!["expr"]!);
                }
            }

            foreach (var variable in dashboard["templating"]!["list"]!.AsArray().Where(static variable => (string?)variable!["type"] == "query"))
            {
                // label_values(selector, label): the label is asked of the selector's metric.
                var query = (string)variable!["definition"]!;
                var comma = query.LastIndexOf(',');
                yield return ($"{name}, variable {variable["name"]}", $"count by ({query[(comma + 1)..^1].Trim()}) ({query["label_values(".Length..comma]})");
            }
        }
    }
}
