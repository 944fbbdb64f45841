namespace SentryOtel.Kubernetes.Metrics;

/// <summary>One line (or histogram) of an instrument.</summary>
internal abstract class Series
{
    public abstract void Record(double value);

    public abstract void Write(ExpositionWriter writer, string name, TagSet tags);
}

/// <summary>Adds up: counters and up-down counters.</summary>
internal sealed class SumSeries : Series
{
    private double _sum;

    public override void Record(double value)
    {
        var seen = Volatile.Read(ref _sum);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _sum, seen + value, seen);
            if (before.Equals(seen))
            {
                return;
            }

            seen = before;
        }
    }

    public override void Write(ExpositionWriter writer, string name, TagSet tags) =>
        writer.Sample(name, tags, Volatile.Read(ref _sum));
}

/// <summary>Keeps the latest: gauges, and everything observable (an observable counter reports its total).</summary>
internal sealed class LastValueSeries : Series
{
    private double _value;

    public override void Record(double value) => Volatile.Write(ref _value, value);

    public override void Write(ExpositionWriter writer, string name, TagSet tags) =>
        writer.Sample(name, tags, Volatile.Read(ref _value));
}

/// <summary>Counts per bucket (upper bounds inclusive), with sum and count.</summary>
internal sealed class HistogramSeries(double[] bounds) : Series
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public override void Record(double value)
    {
        var index = Array.BinarySearch(bounds, value);
        index = index < 0 ? ~index : index;
        lock (_gate)
        {
            _counts[index]++;
            _sum += value;
        }
    }

    public override void Write(ExpositionWriter writer, string name, TagSet tags)
    {
        long[] counts;
        double sum;
        lock (_gate)
        {
            counts = [.. _counts];
            sum = _sum;
        }

        long total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            writer.Bucket(name, tags, i < bounds.Length ? bounds[i] : double.PositiveInfinity, total);
        }

        writer.Sample(name + "_sum", tags, sum);
        writer.Sample(name + "_count", tags, total);
    }
}
