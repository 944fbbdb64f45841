using System.Buffers;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// The body of one request in pooled memory, shared by everything that was cut from it. The memory and its reservation go
/// back when the last <see cref="BufferLease"/> is disposed.
/// </summary>
internal sealed class RequestBuffer
{
    private readonly AdmissionReservation _reservation;
    private readonly ArrayPool<byte> _pool;
    private byte[]? _array;
    private int _leases;

    private RequestBuffer(byte[] array, int length, AdmissionReservation reservation, ArrayPool<byte> pool, GzipBody? gzip)
    {
        Gzip = gzip;
        _array = array;
        _reservation = reservation;
        _pool = pool;
        Length = length;
    }

    /// <summary>Bytes of the body.</summary>
    public int Length { get; }

    /// <summary>The body in the form in which it came; null when that was not kept.</summary>
    public GzipBody? Gzip { get; }

    /// <summary>True once the memory went back to its pool.</summary>
    public bool IsReleased => Volatile.Read(ref _array) is null;

    /// <summary>
    /// Takes over an array rented from <paramref name="pool"/>, the reservation made for it, and the body's gzip form. The first lease belongs to the caller.
    /// </summary>
    public static BufferLease Own(byte[] array, int length, AdmissionReservation reservation, ArrayPool<byte> pool, GzipBody? gzip = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, array.Length);
        return new RequestBuffer(array, length, reservation, pool, gzip).Lease();
    }

    internal BufferLease Lease()
    {
        Interlocked.Increment(ref _leases);
        return new BufferLease(this);
    }

    internal ReadOnlyMemory<byte> Memory =>
        new(Volatile.Read(ref _array) ?? throw new ObjectDisposedException(nameof(RequestBuffer)), 0, Length);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0 && Interlocked.Exchange(ref _array, null) is { } array)
        {
            _pool.Return(array);
            _reservation.Dispose();
            Gzip?.Dispose();
        }
    }
}
