using System.Globalization;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Clients.Soak;

/// <summary>The gateway at one moment of the soak: its books, and what the process holds.</summary>
internal sealed record Sample(double Seconds, long Accepted, long Sent, long Dropped, long Queued, long HeapBytes, long Gen2Collections, ProcessReading Process)
{
    /// <summary>Reads one scrape, and the process right after it.</summary>
    public static Sample Of(double seconds, string metrics, Books books, int processId) => new(
        seconds,
        books.Sum("items_accepted_total"),
        books.Sum("items_sent_total"),
        books.Sum("items_dropped_total"),
        books.Sum("items_queued"),
        Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes{"),
        Sum(metrics, "dotnet_gc_collections_total{", "gen2"),
        ProcessReading.Of(processId));

    private static long Sum(string metrics, string start, string label = "")
    {
        var lines = metrics.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count > 0, $"the gateway does not tell {start}");
        return (long)lines.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}

/// <summary>One line of the soak's record.</summary>
/// <param name="Name">As in the table's head.</param>
/// <param name="Value">Of one sample.</param>
/// <param name="Bound">The steepest rise per sample that is still flat; null for what rises by its nature.</param>
internal sealed record SampleSeries(string Name, Func<Sample, double> Value, double? Bound = null)
{
    /// <summary>Everything that is recorded.</summary>
    public static IReadOnlyList<SampleSeries> All { get; } =
    [
        new("seconds", sample => sample.Seconds),
        new("memory_bytes", sample => sample.Process.MemoryBytes, SoakBounds.MemoryBytes),
        new("heap_bytes", sample => sample.HeapBytes, SoakBounds.HeapBytes),
        new("gen2_collections", sample => sample.Gen2Collections),
        new("open_files", sample => sample.Process.OpenFiles, SoakBounds.Handles),
        new("sockets", sample => sample.Process.Sockets, SoakBounds.Handles),
        new("threads", sample => sample.Process.Threads, SoakBounds.Handles),
        new("accepted", sample => sample.Accepted),
        new("sent", sample => sample.Sent),
        new("dropped", sample => sample.Dropped),
        new("queued", sample => sample.Queued),
    ];

    /// <summary>Whether it rises no faster than its bound.</summary>
    public bool IsFlat(IReadOnlyList<Sample> samples) => Bound is null || Trend.SlopeOf(Judged(samples)) <= Bound;

    /// <summary>How it goes, in words.</summary>
    public string TrendOf(IReadOnlyList<Sample> samples)
    {
        var values = Judged(samples);
        return string.Create(CultureInfo.InvariantCulture, $"{Name}: {Trend.SlopeOf(values):0.###} a sample (bound {Bound}), {values.Min():N0} to {values.Max():N0} after the first third");
    }

    // In the first third every service and every kind of trouble comes for the first time: code is compiled, pools and tables fill.
    private List<double> Judged(IReadOnlyList<Sample> samples) => [.. samples.Skip(samples.Count / 3).Select(Value)];
}
