namespace SentryOtel.Testing;

/// <summary>
/// What code allocates on its thread, in bytes: the median of eleven readings. The runtime, and pools that others have emptied, add to one now and then; code that
/// allocates adds to most of them.
/// </summary>
public static class Allocations
{
    private const int Readings = 11;

    /// <summary>Of code that takes the readings itself.</summary>
    /// <param name="reading">The difference of <see cref="GC.GetAllocatedBytesForCurrentThread"/> around what is measured.</param>
    public static async Task<long> UsualAsync(Func<Task<long>> reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var readings = new long[Readings];
        for (var number = 0; number < Readings; number++)
        {
            readings[number] = await reading();
        }

        return MedianOf(readings);
    }

    /// <summary>Of code that is run so many times in each reading.</summary>
    public static long Usual(int times, Action code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var readings = new long[Readings];
        for (var number = 0; number < Readings; number++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var time = 0; time < times; time++)
            {
                code();
            }

            readings[number] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return MedianOf(readings);
    }

    private static long MedianOf(long[] readings) => readings.Order().ElementAt(Readings / 2);
}
