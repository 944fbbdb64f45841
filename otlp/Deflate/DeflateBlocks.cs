using System.IO.Compression;

namespace SentryOtel.Otlp.Deflate;

/// <summary>Makes deflate blocks that others can follow (RFC 1951): none is marked as the last, and they end with a whole byte.</summary>
public static class DeflateBlocks
{
    /// <summary>Compresses at the fastest level.</summary>
    /// <param name="plain">What to compress, in order.</param>
    /// <param name="output">Receives the blocks, behind what it holds already.</param>
    /// <returns>CRC-32 and number of the bytes that were compressed, as <see cref="GzipJoin.Append"/> takes them.</returns>
    public static (uint Checksum, int Length) Write(IReadOnlyList<ReadOnlyMemory<byte>> plain, MemoryStream output)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(output);
        uint checksum = 0;
        var length = 0;
        long end;
        using (var compressor = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var index = 0; index < plain.Count; index++)
            {
                var segment = plain[index].Span;
                compressor.Write(segment);
                checksum = Crc32.Append(checksum, segment);
                length += segment.Length;
            }

            // A flush ends with an empty stored block, whose last byte is whole; only closing marks a block as the last, and that one is cut off.
            compressor.Flush();
            end = output.Length;
        }

        output.SetLength(end);
        return (checksum, length);
    }
}
