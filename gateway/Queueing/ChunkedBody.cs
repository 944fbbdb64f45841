using System.Buffers;

namespace SentryOtel.Gateway.Queueing;

/// <summary>
/// Bytes in chunks below the threshold of the large object heap. Pooled memory goes back when the owner and every transfer that runs let go of it: a
/// connection may still read a body after its request was given up.
/// </summary>
/// <param name="pool">Where the chunks come from; null for memory that is never handed out again, for bodies that nobody disposes.</param>
internal sealed class ChunkedBody(ArrayPool<byte>? pool = null) : Stream
{
    private const int ChunkBytes = 64 * 1024;

    private readonly List<byte[]> _chunks = [];
    private long _length;
    private int _holders = 1;
    private int _isDisposed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>True once the memory went back to its pool.</summary>
    public bool IsReleased => Volatile.Read(ref _holders) == 0;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var at = (int)(_length % ChunkBytes);
            if (at == 0)
            {
                _chunks.Add(pool?.Rent(ChunkBytes) ?? GC.AllocateUninitializedArray<byte>(ChunkBytes));
            }

            var count = Math.Min(buffer.Length, ChunkBytes - at);
            buffer[..count].CopyTo(_chunks[^1].AsSpan(at));
            buffer = buffer[count..];
            _length += count;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Nothing is written any more: changes the last chunk for one of the size that it needs.</summary>
    public void Trim()
    {
        if (pool is null || _chunks.Count == 0)
        {
            return;
        }

        var last = _chunks[^1];
        var used = (int)(_length - ((_chunks.Count - 1L) * ChunkBytes));
        if (used <= ChunkBytes / 2)
        {
            _chunks[^1] = pool.Rent(used);
            last.AsSpan(0, used).CopyTo(_chunks[^1]);
            pool.Return(last);
        }
    }

    /// <summary>Writes everything to <paramref name="destination"/>. May be called again, also while another call runs.</summary>
    /// <exception cref="ObjectDisposedException">The owner let go of the body.</exception>
    public async Task SendToAsync(Stream destination, CancellationToken cancellationToken)
    {
        Hold();
        try
        {
            var left = _length;
            foreach (var chunk in _chunks)
            {
                await destination.WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, ChunkBytes)), cancellationToken).ConfigureAwait(false);
                left -= ChunkBytes;
            }
        }
        finally
        {
            Release();
        }
    }

    /// <summary>The content in one array.</summary>
    public byte[] ToArray()
    {
        Hold();
        try
        {
            var bytes = new byte[_length];
            for (var index = 0; index < _chunks.Count; index++)
            {
                var at = index * ChunkBytes;
                _chunks[index].AsSpan(0, Math.Min(bytes.Length - at, ChunkBytes)).CopyTo(bytes.AsSpan(at));
            }

            return bytes;
        }
        finally
        {
            Release();
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Release();
        }

        base.Dispose(disposing);
    }

    private void Hold()
    {
        int holders;
        do
        {
            holders = Volatile.Read(ref _holders);
            ObjectDisposedException.ThrowIf(holders == 0, this);
        }
        while (Interlocked.CompareExchange(ref _holders, holders + 1, holders) != holders);
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            if (pool is not null)
            {
                _chunks.ForEach(chunk => pool.Return(chunk));
            }

            _chunks.Clear();
        }
    }
}
