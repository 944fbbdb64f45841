using System.Buffers.Binary;

namespace SentryOtel.Otlp.Deflate;

/// <summary>Makes deflate blocks that others can follow (RFC 1951): none is marked as the last, and they end with a whole byte.</summary>
public static class DeflateBlocks
{
    private const int StoredHeaderBytes = 5;

    [ThreadStatic]
    private static QuickDeflater? _deflater;

    /// <summary>Room that <see cref="Compress"/> needs for so many bytes.</summary>
    /// <param name="plainBytes">At most 1 GiB.</param>
    public static int MaxLength(int plainBytes) => plainBytes + (plainBytes / 8) + 64;

    /// <summary>Compresses as much as zlib does at its fastest level; what does not compress is stored as it is.</summary>
    /// <param name="plain">What to compress.</param>
    /// <param name="output">Room for <see cref="MaxLength"/>.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The output is too small.</exception>
    public static int Compress(ReadOnlySpan<byte> plain, Span<byte> output)
    {
        if (output.Length < MaxLength(plain.Length))
        {
            throw new ArgumentException($"Room for {MaxLength(plain.Length)} bytes is needed.", nameof(output));
        }

        var written = (_deflater ??= new QuickDeflater()).Deflate(plain, output);
        return written <= StoredLength(plain.Length) ? written : Store(plain, output);
    }

    private static int StoredLength(int bytes) => bytes + (StoredHeaderBytes * ((bytes / ushort.MaxValue) + 1));

    private static int Store(ReadOnlySpan<byte> plain, Span<byte> output)
    {
        var written = 0;
        do
        {
            var block = plain[..Math.Min(plain.Length, ushort.MaxValue)];
            output[written] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(output[(written + 1)..], (ushort)block.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(output[(written + 3)..], (ushort)~block.Length);
            block.CopyTo(output[(written + StoredHeaderBytes)..]);
            written += StoredHeaderBytes + block.Length;
            plain = plain[block.Length..];
        }
        while (!plain.IsEmpty);
        return written;
    }
}
