using System.Globalization;
using System.Text.RegularExpressions;

namespace SentryOtel.Gateway.Tests.Telemetry;

/// <summary>A scraped Prometheus text.</summary>
internal sealed partial class Exposition
{
    private readonly List<Sample> _samples = [];
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    private Exposition()
    {
    }

    /// <summary>Type by family, in the order of the text.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    public IReadOnlyList<Sample> Samples => _samples;

    public static Exposition Parse(string text)
    {
        var exposition = new Exposition();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                exposition._types[words[2]] = words[3];
            }
            else if (!line.StartsWith('#'))
            {
                var match = SampleLine().Match(line);
                Assert.True(match.Success, line);
                var labels = LabelPair().Matches(match.Groups["labels"].Value).ToDictionary(pair => pair.Groups["key"].Value, pair => pair.Groups["value"].Value);
                exposition._samples.Add(new Sample(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
            }
        }

        return exposition;
    }

    /// <summary>The sum of a metric's samples that carry these labels.</summary>
    public double Sum(string name, params (string Key, string Value)[] labels) =>
        _samples.Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Key) == label.Value)).Sum(sample => sample.Value);

    /// <summary>accepted = sent + dropped + queued, for every exporter, signal and project; says how many there are.</summary>
    public int AssertBalanced()
    {
        var accounts = _samples.Where(sample => sample.Name == "sentry_otel_gateway_items_accepted_total").ToArray();
        foreach (var account in accounts)
        {
            (string, string)[] labels = [.. account.Labels.Select(label => (label.Key, label.Value))];
            var queued = Sum("sentry_otel_gateway_items_queued", labels);
            var sum = Sum("sentry_otel_gateway_items_sent_total", labels) + Sum("sentry_otel_gateway_items_dropped_total", labels) + queued;
            Assert.True(account.Value.Equals(sum) && queued >= 0, $"{account}: sent + dropped + queued = {sum}, queued = {queued}");
        }

        return accounts.Length;
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<key>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(\\.|[^"\\])*)"(,|$)""")]
    private static partial Regex LabelPair();

    internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
}
