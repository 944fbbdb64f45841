namespace SentryOtel.Gateway.Queueing;

/// <summary>The bytes that all queues of one exporter hold together, and how many they may.</summary>
/// <param name="limit">Bytes.</param>
internal sealed class QueueRoom(long limit)
{
    private long _bytes;
    private long _limit = limit;

    public long Limit
    {
        get => Interlocked.Read(ref _limit);
        set => Interlocked.Exchange(ref _limit, value);
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether so many bytes more stay within the limit. What is above it was taken at the same moment, or is larger sealed than it came.</summary>
    public bool Has(long bytes) => Bytes is var now && (now <= 0 || bytes <= Limit - now);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
