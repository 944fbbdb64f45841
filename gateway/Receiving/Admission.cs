namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// The budget of bytes that requests and queues may hold together. Room is taken before a body is read and given back when
/// its data was sent or dropped, so that memory is bounded by accounting and not by sampling.
/// </summary>
/// <param name="limit">Bytes.</param>
internal sealed class Admission(long limit)
{
    private long _limit = limit;
    private long _reserved;

    /// <summary>The budget in bytes.</summary>
    public long Limit => Interlocked.Read(ref _limit);

    /// <summary>Bytes reserved now. May pass <see cref="Limit"/> by what <see cref="Take"/> moved.</summary>
    public long Reserved => Interlocked.Read(ref _reserved);

    /// <summary>Sets another budget. What is reserved beyond a smaller one stays until it is given back.</summary>
    public void Resize(long bytes) => Interlocked.Exchange(ref _limit, bytes);

    /// <summary>Reserves room for a body of <paramref name="bytes"/> that is about to be read; null when there is none.</summary>
    public AdmissionReservation? TryReserve(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return TryAdd(bytes) ? new AdmissionReservation(this, bytes) : null;
    }

    /// <summary>
    /// Accounts for bytes that replace others about to be released, as a sealed batch replaces its sources. Never refused:
    /// refusing would strand data that is already acknowledged.
    /// </summary>
    public AdmissionReservation Take(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Interlocked.Add(ref _reserved, bytes);
        return new AdmissionReservation(this, bytes);
    }

    internal bool TryAdd(long bytes)
    {
        while (true)
        {
            var now = Interlocked.Read(ref _reserved);
            if (bytes > Limit - now)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _reserved, now + bytes, now) == now)
            {
                return true;
            }
        }
    }

    internal void Return(long bytes) => Interlocked.Add(ref _reserved, -bytes);
}
