using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Numerics;
using System.Text;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>
/// Listens to the meters of this process and renders them as Prometheus text (exposition format 0.0.4). Instruments are
/// named as Prometheus names them; a series appears with its first measurement, so code that wants a counter to start at
/// 0 adds 0 to it once.
/// </summary>
public sealed class MetricsExposition : IDisposable
{
    /// <summary>The media type of <see cref="Render"/>'s text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly Lock _scrape = new();
    private readonly MeterListener _listener = new();
    private readonly MetricsExpositionOptions _options;

    /// <summary>Starts listening; make it before the meters, or measurements made earlier are not seen.</summary>
    public MetricsExposition(MetricsExpositionOptions? options = null)
    {
        _options = options ?? new MetricsExpositionOptions();
        _listener.InstrumentPublished = OnPublished;
        _listener.MeasurementsCompleted = (instrument, _) => _instruments.TryRemove(instrument, out var _);
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        _listener.Start();
    }

    /// <summary>All series as text; observable instruments are read now.</summary>
    public string Render()
    {
        var output = new StringBuilder(16 * 1024);
        var writer = new ExpositionWriter(output);
        lock (_scrape)
        {
            foreach (var series in _instruments.Values)
            {
                series.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            // Two meters may hold instruments of one name: one header, all their lines.
            foreach (var group in _instruments.Values.GroupBy(static series => series.Name).OrderBy(static g => g.Key, StringComparer.Ordinal))
            {
                WriteFamily(writer, group.Key, [.. group]);
            }
        }

        return output.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void WriteFamily(ExpositionWriter writer, string name, InstrumentSeries[] family)
    {
        var lines = family.Where(series => series.Kind == family[0].Kind).SelectMany(static series => series.Snapshot()).ToArray();
        if (lines.Length == 0)
        {
            return;
        }

        writer.Header(name, family[0].Help, family[0].TypeText);
        foreach (var (tags, series) in lines.DistinctBy(static line => line.Key, TagSet.Comparer.Instance))
        {
            series.Write(writer, name, tags);
        }
    }

    private static double[]? Bounds(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => Advice(histogram),
        Histogram<float> histogram => Advice(histogram),
        Histogram<long> histogram => Advice(histogram),
        Histogram<int> histogram => Advice(histogram),
        _ => null,
    };

    private static double[]? Advice<T>(Histogram<T> histogram)
        where T : struct, INumber<T> =>
        histogram.Advice?.HistogramBucketBoundaries is { Count: > 0 } bounds ? [.. bounds.Select(double.CreateChecked)] : null;

    private static InstrumentKind? KindOf(Type type)
    {
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return generic switch
        {
            _ when generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) => InstrumentKind.Counter,
            _ when generic == typeof(UpDownCounter<>) || generic == typeof(ObservableUpDownCounter<>) => InstrumentKind.UpDownCounter,
            _ when generic == typeof(Gauge<>) || generic == typeof(ObservableGauge<>) => InstrumentKind.Gauge,
            _ when generic == typeof(Histogram<>) => InstrumentKind.Histogram,
            _ => null,
        };
    }

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (_options.Includes(instrument.Meter) && KindOf(instrument.GetType()) is { } kind)
        {
            var series = new InstrumentSeries(instrument, kind, Bounds(instrument), _options.MaxSeriesPerInstrument);
            _instruments[instrument] = series;
            listener.EnableMeasurementEvents(instrument, series);
        }
    }

    private void Listen<T>()
        where T : struct, INumber<T> =>
        _listener.SetMeasurementEventCallback<T>(static (_, measurement, tags, state) =>
            ((InstrumentSeries)state!).Record(double.CreateSaturating(measurement), tags));
}
