using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>All series of one instrument, bounded.</summary>
internal sealed class InstrumentSeries
{
    // Prometheus' own default buckets, for histograms that give no advice.
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<TagSet, Series> _series = new(TagSet.Comparer.Instance);
    private readonly ConcurrentDictionary<TagSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private readonly Func<Series> _create;
    private readonly int _limit;
    private readonly bool _observable;

    public InstrumentSeries(Instrument instrument, InstrumentKind kind, double[]? bounds, int limit)
    {
        Name = MetricName.For(instrument.Name, instrument.Unit, kind == InstrumentKind.Counter);
        Help = instrument.Description;
        Kind = kind;
        _limit = limit;
        _observable = instrument.IsObservable;
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        _create = kind switch
        {
            InstrumentKind.Histogram => () => new HistogramSeries(bounds ?? DefaultBounds),
            _ when _observable || kind == InstrumentKind.Gauge => static () => new LastValueSeries(),
            _ => static () => new SumSeries(),
        };
    }

    public string Name { get; }

    public string? Help { get; }

    public InstrumentKind Kind { get; }

    public string TypeText => Kind switch
    {
        InstrumentKind.Counter => "counter",
        InstrumentKind.Histogram => "histogram",
        _ => "gauge",
    };

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_lookup.TryGetValue(tags, out var series))
        {
            // Racing threads may pass the limit by their number; that is still a bound.
            var key = _series.Count < _limit ? new TagSet(tags) : TagSet.Overflow;
            series = _series.GetOrAdd(key, static (_, create) => create(), _create);
        }

        series.Record(value);
    }

    /// <summary>Observable instruments report all they have each time: what they no longer report has ended.</summary>
    public void ForgetObserved()
    {
        if (_observable)
        {
            _series.Clear();
        }
    }

    public IEnumerable<KeyValuePair<TagSet, Series>> Snapshot() =>
        _series.OrderBy(static pair => SortKey(pair.Key), StringComparer.Ordinal);

    private static string SortKey(TagSet tags)
    {
        var parts = new List<string>(tags.Tags.Length);
        foreach (var tag in tags.Tags)
        {
            parts.Add($"{tag.Key}={TagSet.ValueText(tag.Value)}");
        }

        return string.Join(',', parts);
    }
}

internal enum InstrumentKind
{
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
}
