using SentryOtel.Gateway.Receiving;

namespace SentryOtel.Gateway.Queueing;

/// <summary>The bytes that all queues of one exporter hold together, and how many they may.</summary>
/// <param name="limit">Bytes.</param>
/// <param name="admission">The gateway's budget, of which requests take their part too.</param>
internal sealed class QueueRoom(long limit, Admission admission)
{
    /// <summary>Into how many parts a batch falls while <see cref="IsCrowded"/>.</summary>
    public const int CrowdedShare = 8;

    private const long FreeShare = 2;

    // Thirty whole batches of what was compressed already, six of what was not.
    private const long CrowdedBytes = 24L * 1024 * 1024;

    private long _bytes;
    private long _unsealed;
    private long _limit = limit;

    public long Limit
    {
        get => Interlocked.Read(ref _limit);
        set => Interlocked.Exchange(ref _limit, value);
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// Bytes that one queue may hold now: twice what is free. One that is stuck alone so gets two thirds, several stuck ones share evenly, and there is always room left for projects
    /// that flow (dynamic thresholds, Choudhury and Hahne 1998).
    /// </summary>
    public long Share => FreeShare * Math.Max(0, Math.Min(Limit - Bytes, admission.Limit - admission.Reserved));

    /// <summary>Whether so many bytes more stay within the limit. What is above it was taken at the same moment, or is larger sealed than it came.</summary>
    public bool Has(long bytes) => Bytes is var now && (now <= 0 || bytes <= Limit - now);

    /// <summary>Whether so much is not sealed yet that batches should be closed early.</summary>
    public bool IsCrowded => Interlocked.Read(ref _unsealed) >= CrowdedBytes;

    public void AddUnsealed(long bytes) => Interlocked.Add(ref _unsealed, bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
