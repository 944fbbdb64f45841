using System.Globalization;
using System.Text.RegularExpressions;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>The gateway's books of one project and signal.</summary>
internal sealed record Book(long Accepted, long Sent, long Queued, IReadOnlyDictionary<string, long> Dropped)
{
    public static Book Empty { get; } = new(0, 0, 0, new Dictionary<string, long>());
}

/// <summary>The gateway's books as <c>/metrics</c> shows them.</summary>
internal sealed partial class Books
{
    private const string Prefix = "sentry_otel_gateway_";
    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> _samples = [];

    private Books()
    {
    }

    /// <summary>Reads the Prometheus text format.</summary>
    public static Books Parse(string text)
    {
        var books = new Books();
        foreach (var line in text.Split('\n').Where(line => line.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var match = Sample().Match(line);
            var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value, StringComparer.Ordinal);
            books._samples.Add((match.Groups["name"].Value[Prefix.Length..], labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }

        return books;
    }

    /// <summary>The sum of a metric, without its prefix, over all series that carry these labels.</summary>
    public long Sum(string name, params (string Name, string Value)[] labels) => (long)_samples
        .Where(sample => sample.Name == name && Array.TrueForAll(labels, label => sample.Labels.GetValueOrDefault(label.Name) == label.Value))
        .Sum(sample => sample.Value);

    /// <summary>The book of a project; checks the invariant on the way.</summary>
    public Book Of(string project, OtlpSignal signal)
    {
        (string, string)[] labels = [("project", project), ("signal", signal == OtlpSignal.Logs ? "logs" : "traces")];
        var dropped = _samples
            .Where(sample => sample.Name == "items_dropped_total" && Array.TrueForAll(labels, label => sample.Labels.GetValueOrDefault(label.Item1) == label.Item2))
            .GroupBy(sample => sample.Labels["reason"], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (long)group.Sum(sample => sample.Value), StringComparer.Ordinal);
        return new Book(Sum("items_accepted_total", labels), Sum("items_sent_total", labels), Sum("items_queued", labels), dropped);
    }

    /// <summary>The invariant over everything at the moment of the scrape: accepted = sent + dropped + queued.</summary>
    public bool IsBalanced => Sum("items_accepted_total") == Sum("items_sent_total") + Sum("items_dropped_total") + Sum("items_queued");

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\{(?<labels>.*)\})? (?<value>\S+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();

    [GeneratedRegex(@"([a-z_]+)=""([^""]*)""")]
    private static partial Regex Label();
}
