namespace SentryOtel.Kubernetes.Events;

/// <summary>Says when to tell that a queue overflows: at the first drop, then at most once an interval, with the number since. A line for each drop would be a second overflow.</summary>
/// <param name="interval">The shortest time between two lines.</param>
/// <param name="time">The clock.</param>
internal sealed class OverflowNotice(TimeSpan interval, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _untold;
    private long? _toldAt;

    /// <summary>One more was dropped.</summary>
    /// <returns>How many to tell of now; zero when it is too early.</returns>
    public long Add()
    {
        lock (_lock)
        {
            _untold++;
            return Take();
        }
    }

    /// <summary>How many to tell of now; zero when there is nothing, or it is too early.</summary>
    public long TakeDue()
    {
        lock (_lock)
        {
            return Take();
        }
    }

    private long Take()
    {
        var now = time.GetTimestamp();
        if (_untold == 0 || (_toldAt is { } told && time.GetElapsedTime(told, now) < interval))
        {
            return 0;
        }

        (var count, _untold, _toldAt) = (_untold, 0, now);
        return count;
    }
}
