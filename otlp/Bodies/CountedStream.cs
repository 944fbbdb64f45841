namespace SentryOtel.Otlp.Bodies;

/// <summary>Passes on at most a number of bytes of another stream, which it leaves open.</summary>
/// <param name="inner">The stream to read.</param>
/// <param name="limit">Most bytes to pass on; the stream then ends.</param>
internal sealed class CountedStream(Stream inner, long limit) : Stream
{
    /// <summary>Bytes that may still be passed on.</summary>
    public long Remaining { get; private set; } = limit;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Remaining < buffer.Length)
        {
            buffer = buffer[..(int)Remaining];
        }

        var read = buffer.IsEmpty ? 0 : await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Remaining -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
