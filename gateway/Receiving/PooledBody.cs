using System.Buffers;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// A request body while it is read: pooled memory, reserved from the budget before it is rented. What is reserved is
/// the memory that is held, which a pool rounds up, not the bytes that are in it.
/// </summary>
internal sealed class PooledBody(Admission admission, ArrayPool<byte> pool) : IGzipBodyBuffer, IDisposable
{
    private byte[] _array = [];
    private AdmissionReservation? _reservation;
    private PooledBody? _encoded;
    private GzipContent? _content;

    public int Length { get; private set; }

    public Memory<byte> Free => _array.AsMemory(Length);

    public IBodyBuffer Encoded => _encoded ??= new PooledBody(admission, pool);

    public ReadOnlyMemory<byte> EncodedBytes => _encoded is { } encoded ? encoded._array.AsMemory(0, encoded.Length) : default;

    /// <summary>What was read so far; valid until the body grows, is detached or disposed.</summary>
    public ReadOnlySpan<byte> Written => _array.AsSpan(0, Length);

    public bool TryReserve(int capacity)
    {
        if (_array.Length > 0 && capacity <= _array.Length)
        {
            return true;
        }

        var size = BodyPool.SizeFor(capacity);
        _reservation ??= admission.TryReserve(0);
        if (_reservation is null || !_reservation.TryResize(_array.Length + size))
        {
            return false;
        }

        MoveTo(size);
        return true;
    }

    public void Advance(int bytes) => Length += bytes;

    public void Keep(GzipContent content) => _content = content;

    public void DropEncoded()
    {
        _encoded?.Dispose();
        (_encoded, _content) = (null, null);
    }

    /// <summary>Hands the body over as a lease, with its gzip form when that was kept. Memory of which less than half is used is changed for less.</summary>
    public BufferLease Detach()
    {
        var size = BodyPool.SizeFor(Length);
        if (_array.Length == 0)
        {
            _reservation = admission.Take(size);
            MoveTo(size);
        }
        else if (size < _array.Length)
        {
            MoveTo(size);
        }

        var reservation = _reservation ?? throw new InvalidOperationException("A body without a reservation.");
        var lease = RequestBuffer.Own(_array, Length, reservation, pool, DetachGzip());
        (_array, _reservation) = ([], null);
        return lease;
    }

    public void Dispose()
    {
        DropEncoded();
        Return();
        _reservation?.Dispose();
        _reservation = null;
    }

    private GzipBody? DetachGzip()
    {
        if (_encoded is not { } encoded || _content is not { } content)
        {
            return null;
        }

        var length = content.Open(encoded._array.AsSpan(0, encoded.Length));
        (_encoded, _content) = (null, null);
        return new GzipBody(encoded.Detach(), content.Start, length, content.Checksum, content.Length);
    }

    private void MoveTo(int size)
    {
        var array = pool.Rent(size);
        _array.AsSpan(0, Length).CopyTo(array);
        Return();
        _array = array;
        _reservation?.TryResize(size);
    }

    private void Return()
    {
        if (_array.Length > 0)
        {
            pool.Return(_array);
            _array = [];
        }
    }
}
