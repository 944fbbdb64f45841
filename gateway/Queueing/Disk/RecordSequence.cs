namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Numbers for records. By the clock, so that those of the next process are others; what a recovery finds is passed in any case.</summary>
internal sealed class RecordSequence(TimeProvider time)
{
    private long _last = time.GetUtcNow().UtcTicks;

    public long Next() => Interlocked.Increment(ref _last);

    /// <summary>The numbers that follow are greater than this one.</summary>
    public void Pass(long number)
    {
        for (var last = Interlocked.Read(ref _last); last < number;)
        {
            last = Interlocked.CompareExchange(ref _last, number, last) is var seen && seen == last ? number : seen;
        }
    }
}
