namespace SentryOtel.Operator.Traffic;

/// <summary>How a status rounds, so that it need not be written for every span. Larger stays larger or equal.</summary>
internal static class Rounding
{
    private const long Exact = 1000;

    /// <summary>A thousand and more to two digits, the nearest.</summary>
    public static long Of(long count)
    {
        if (count < Exact)
        {
            return count;
        }

        long scale = 10;
        while (count / scale >= 100)
        {
            scale *= 10;
        }

        return (count / scale * scale) + (count % scale >= scale / 2 ? scale : 0);
    }

    /// <summary>To the minute that has begun.</summary>
    public static DateTimeOffset Of(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}
