using System.Buffers.Binary;
using System.IO.Compression;

namespace SentryOtel.Otlp.Deflate;

/// <summary>
/// Writes one gzip member (RFC 1952) out of deflate blocks that exist already and of plain bytes, which it compresses at the fastest level. One member, since
/// Sentry's Relay does not read several.
/// </summary>
/// <param name="output">Receives the member; left open.</param>
public sealed class GzipJoin(Stream output)
{
    // No name, no time, a system that is not told.
    private static readonly byte[] Header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

    /// <summary>A last block of fixed codes that holds nothing: ends a deflate stream after whole bytes.</summary>
    public static ReadOnlySpan<byte> EmptyLastBlock => [3, 0];

    private uint _checksum;
    private uint _length;
    private bool _isStarted;

    /// <summary>Appends blocks that end with a whole byte, none of which is marked as the last; see <see cref="GzipContent.Open"/>.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="checksum">CRC-32 of what they inflate to.</param>
    /// <param name="length">Bytes that they inflate to.</param>
    public void Append(ReadOnlySpan<byte> blocks, uint checksum, int length)
    {
        Start();
        output.Write(blocks);
        _checksum = Crc32.Combine(_checksum, checksum, length);
        _length += (uint)length;
    }

    /// <summary>Ends the member with these bytes, compressed.</summary>
    public void Complete(IEnumerable<ReadOnlyMemory<byte>> plain)
    {
        ArgumentNullException.ThrowIfNull(plain);
        Start();
        var isEmpty = true;
        using (var compressor = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var segment in plain)
            {
                compressor.Write(segment.Span);
                _checksum = Crc32.Append(_checksum, segment.Span);
                _length += (uint)segment.Length;
                isEmpty &= segment.IsEmpty;
            }
        }

        if (isEmpty)
        {
            // A compressor that got nothing writes nothing.
            output.Write(EmptyLastBlock);
        }

        Span<byte> trailer = stackalloc byte[GzipMember.TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
        output.Write(trailer);
    }

    private void Start()
    {
        if (!_isStarted)
        {
            output.Write(Header);
            _isStarted = true;
        }
    }
}
