using System.Text.RegularExpressions;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>What programs show at <c>/metrics</c>: samples' names, and the labels that each was seen with.</summary>
internal sealed partial class Scrape
{
    // Prometheus adds them to everything that it scrapes in Kubernetes.
    private static readonly string[] OfTheTarget = ["namespace", "pod", "container", "service", "endpoint", "instance", "job"];

    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    /// <summary>Labels by sample.</summary>
    public IReadOnlyDictionary<string, HashSet<string>> Labels => _labels;

    /// <summary>Type by family.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>Adds the text of one scrape.</summary>
    public void Add(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                _types[words[2]] = words[3];
            }
            else if (!line.StartsWith('#'))
            {
                var name = line[..line.IndexOfAny(['{', ' '])];
                if (!_labels.TryGetValue(name, out var labels))
                {
                    _labels[name] = labels = new HashSet<string>(StringComparer.Ordinal);
                }

                labels.UnionWith(LabelNames().Matches(line).Select(static label => label.Groups["name"].Value));
            }
        }
    }

    /// <summary>What an expression asks for that no program shows.</summary>
    public IEnumerable<string> Missing(string expression) => PromQuery.Read(expression).SelectMany(asked => !_labels.TryGetValue(asked.Metric, out var labels)
        ? [$"{asked.Metric} is shown by no program"]
        : asked.Labels.Except(labels).Except(OfTheTarget).Select(label => $"{asked.Metric} has no label {label}, only {string.Join(", ", labels)}"));

    [GeneratedRegex("""[{,](?<name>[a-zA-Z_]\w*)="(\\.|[^"\\])*"(?=[,}])""")]
    private static partial Regex LabelNames();
}
