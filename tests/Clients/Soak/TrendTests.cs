namespace SentryOtel.Clients.Soak;

/// <summary>The measure that the soak trusts: it finds leaks as small as the bounds say, and takes noise for noise.</summary>
public sealed class TrendTests
{
    private const int Samples = 240;
    private const double Leak = 2 * SoakBounds.MemoryBytes;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Noise_without_a_leak_is_flat(int seed)
    {
        var slope = Trend.SlopeOf(Series(seed, perSample: 0));

        Assert.InRange(slope, -SoakBounds.MemoryBytes, SoakBounds.MemoryBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leak_under_the_same_noise_is_found(int seed)
    {
        var slope = Trend.SlopeOf(Series(seed, Leak));

        Assert.True(slope > SoakBounds.MemoryBytes, $"{slope} bytes a sample");
    }

    [Fact]
    public void Peaks_are_no_leak_and_do_not_hide_one()
    {
        // Every fifth sample is taken in the middle of an outage: 60 MiB more.
        var flat = Series(seed: 4, perSample: 0).Select((value, i) => i % 5 == 0 ? value + (60 << 20) : value).ToArray();
        var leaking = flat.Select((value, i) => value + (i * Leak)).ToArray();

        Assert.InRange(Trend.SlopeOf(flat), -SoakBounds.MemoryBytes, SoakBounds.MemoryBytes);
        Assert.True(Trend.SlopeOf(leaking) > SoakBounds.MemoryBytes);
    }

    [Fact]
    public void Single_handle_lost_now_and_then_is_found_among_handles_that_come_and_go()
    {
        var random = new Random(5);
        var flat = Enumerable.Range(0, Samples).Select(_ => 150.0 + random.Next(-12, 13)).ToArray();
        var leaking = flat.Select((value, i) => value + Math.Floor(i * 2 * SoakBounds.Handles)).ToArray();

        Assert.InRange(Trend.SlopeOf(flat), -SoakBounds.Handles, SoakBounds.Handles);
        Assert.True(Trend.SlopeOf(leaking) > SoakBounds.Handles);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(400 * 60, false)]
    public void Swell_of_the_first_hour_ends_with_the_third_and_a_leak_does_not(double perSample, bool isFlat)
    {
        // Queues grow by three MiB in the hour's last two thirds, and empty in the next.
        double Swell(int i) => i < 2 * Samples ? Math.Max(0, 160 - Math.Abs(i - Samples)) * 20_000 : 0;
        var samples = Enumerable.Range(0, 3 * Samples).Select(i => Heap(8_000_000 + Swell(i) + (i * perSample))).ToList();
        var heap = SampleSeries.All.Single(series => series.Bound == SoakBounds.HeapBytes);

        Assert.False(heap.IsFlat(samples[..Samples]));
        Assert.Equal(isFlat, heap.IsFlat(samples));
    }

    [Fact]
    public void Exact_line_has_its_own_slope() => Assert.Equal(3.5, Trend.SlopeOf([.. Enumerable.Range(0, 30).Select(i => 7 + (3.5 * i))]), 9);

    [Fact]
    public void Too_few_samples_are_no_proof() => Assert.Throws<ArgumentException>(() => Trend.SlopeOf([.. Enumerable.Repeat(1.0, Trend.FewestSamples - 1)]));

    private static Sample Heap(double bytes) => new(0, 0, 0, 0, 0, (long)bytes, 0, new ProcessReading(0, 0, 0, 0));

    // A collector's saw: memory climbs by up to eight MiB and falls back, on top of 90.
    private static double[] Series(int seed, double perSample)
    {
        var random = new Random(seed);
        var saw = 0.0;
        return [.. Enumerable.Range(0, Samples).Select(i =>
        {
            saw = saw > (6 << 20) + (random.NextDouble() * (2 << 20)) ? 0 : saw + (random.NextDouble() * (1 << 20));
            return (90 << 20) + saw + (perSample * i);
        })];
    }
}
