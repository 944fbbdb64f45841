namespace SentryOtel.Clients.Soak;

/// <summary>Which way a series goes, whatever its noise.</summary>
internal static class Trend
{
    /// <summary>Fewer samples than these say nothing.</summary>
    public const int FewestSamples = 30;

    /// <summary>
    /// The slope per sample by Theil and Sen: the median of the slopes between all pairs of samples. More than a quarter of them may be wild without moving it.
    /// </summary>
    /// <exception cref="ArgumentException">There are too few samples.</exception>
    public static double SlopeOf(IReadOnlyList<double> values)
    {
        if (values.Count < FewestSamples)
        {
            throw new ArgumentException($"{values.Count} samples are too few: {FewestSamples} are needed.", nameof(values));
        }

        var slopes = new double[values.Count * (values.Count - 1) / 2];
        var next = 0;
        for (var i = 0; i < values.Count; i++)
        {
            for (var j = i + 1; j < values.Count; j++)
            {
                slopes[next++] = (values[j] - values[i]) / (j - i);
            }
        }

        Array.Sort(slopes);
        return (slopes[(slopes.Length - 1) / 2] + slopes[slopes.Length / 2]) / 2;
    }
}
