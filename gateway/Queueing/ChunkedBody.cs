namespace SentryOtel.Gateway.Queueing;

/// <summary>
/// Bytes in chunks below the threshold of the large object heap. Not pooled on purpose: a connection may still read a body after its
/// request was given up, and memory that is never handed out again can not be overwritten under it.
/// </summary>
internal sealed class ChunkedBody : Stream
{
    private const int ChunkBytes = 64 * 1024;

    private readonly List<byte[]> _chunks = [];
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var at = (int)(_length % ChunkBytes);
            if (at == 0)
            {
                _chunks.Add(GC.AllocateUninitializedArray<byte>(ChunkBytes));
            }

            var count = Math.Min(buffer.Length, ChunkBytes - at);
            buffer[..count].CopyTo(_chunks[^1].AsSpan(at));
            buffer = buffer[count..];
            _length += count;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes everything to <paramref name="destination"/>. May be called again, also while another call runs.</summary>
    public async Task SendToAsync(Stream destination, CancellationToken cancellationToken)
    {
        foreach (var chunk in Chunks())
        {
            await destination.WriteAsync(chunk, cancellationToken);
        }
    }

    /// <summary>The content in one array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[_length];
        var at = 0;
        foreach (var chunk in Chunks())
        {
            chunk.CopyTo(bytes.AsMemory(at));
            at += chunk.Length;
        }

        return bytes;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private IEnumerable<ReadOnlyMemory<byte>> Chunks()
    {
        var left = _length;
        foreach (var chunk in _chunks)
        {
            yield return chunk.AsMemory(0, (int)Math.Min(left, ChunkBytes));
            left -= ChunkBytes;
        }
    }
}
