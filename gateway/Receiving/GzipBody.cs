using System.IO.Compression;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Gateway.Receiving;

/// <summary>A request's body as deflate blocks that can be followed by others, kept alive by a lease of its own.</summary>
/// <param name="lease">Owned from here on.</param>
/// <param name="start">Where the blocks begin in the lease's memory.</param>
/// <param name="encodedLength">Bytes of the blocks.</param>
/// <param name="checksum">CRC-32 of what they inflate to.</param>
/// <param name="length">Bytes that they inflate to.</param>
internal sealed class GzipBody(BufferLease lease, int start, int encodedLength, uint checksum, int length) : IDisposable
{
    /// <summary>The blocks; none is marked as the last, and they end with a whole byte.</summary>
    public ReadOnlyMemory<byte> Blocks => lease.Memory.Slice(start, encodedLength);

    /// <summary>CRC-32 of the body.</summary>
    public uint Checksum { get; } = checksum;

    /// <summary>Bytes of the body, inflated.</summary>
    public int Length { get; } = length;

    /// <summary>One more holder of the same blocks.</summary>
    public GzipBody Share() => new(lease.Share(), start, encodedLength, Checksum, Length);

    /// <summary>The body, inflated into memory of its own.</summary>
    public byte[] Inflate()
    {
        var body = new byte[Length];
        byte[] stream = [.. Blocks.Span, .. GzipJoin.EmptyLastBlock];
        using var inflater = new DeflateStream(new MemoryStream(stream), CompressionMode.Decompress);
        inflater.ReadExactly(body);
        return body;
    }

    /// <inheritdoc/>
    public void Dispose() => lease.Dispose();
}
