namespace SentryOtel.Gateway.Receiving;

/// <summary>One holder's right to read a <see cref="RequestBuffer"/>. Disposing ends it, once however often it is called.</summary>
internal sealed class BufferLease : IDisposable
{
    private RequestBuffer? _buffer;

    internal BufferLease(RequestBuffer buffer) => _buffer = buffer;

    /// <summary>The body. Valid until this lease is disposed.</summary>
    public ReadOnlyMemory<byte> Memory => Buffer.Memory;

    /// <summary>The body in the form in which it came, as long as this lease; null when that was not kept.</summary>
    public GzipBody? Gzip => Buffer.Gzip;

    private RequestBuffer Buffer => Volatile.Read(ref _buffer) ?? throw new ObjectDisposedException(nameof(BufferLease));

    /// <summary>One more lease on the same memory.</summary>
    public BufferLease Share() => Buffer.Lease();

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _buffer, null)?.Release();
}
