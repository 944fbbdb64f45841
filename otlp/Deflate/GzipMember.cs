using System.Buffers.Binary;

namespace SentryOtel.Otlp.Deflate;

/// <summary>
/// Reads a body that is one gzip member (RFC 1952) and nothing else, checks it against its checksum, and makes its deflate stream one that others can follow.
/// What it does not take is for a general decoder to look at: it says nothing about whether such a body is broken.
/// </summary>
public sealed class GzipMember
{
    /// <summary>Bytes of checksum and length behind the deflate stream.</summary>
    public const int TrailerBytes = 8;

    private const int HeaderBytes = 10;
    private const int HeaderChecksum = 1 << 1;
    private const int Extra = 1 << 2;
    private const int Name = 1 << 3;
    private const int Comment = 1 << 4;

    // Deflate can not do better: a body that claims more is none.
    private const long HighestRatio = 1032;

    private readonly Inflater _inflater = new();

    /// <summary>What a body says that it inflates to; false when it can not be a gzip member.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> body, out uint length)
    {
        length = 0;
        if (body.Length < HeaderBytes + TrailerBytes || body is not [0x1F, 0x8B, 8, ..])
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt32LittleEndian(body[^4..]);
        return length <= body.Length * HighestRatio;
    }

    /// <summary>Inflates <paramref name="body"/> into <paramref name="output"/>.</summary>
    /// <returns>False when the body is anything but one whole member that inflates to <paramref name="length"/> bytes with the right checksum.</returns>
    public bool TryInflate(ReadOnlySpan<byte> body, Span<byte> output, uint length, out GzipContent content)
    {
        content = default;
        if (length > output.Length || !TryFindStream(body, out var start))
        {
            return false;
        }

        var stream = body[start..];
        if (!_inflater.TryInflate(stream, output, out var info)
            || info.Written != length
            || (info.EndBit + 7) / 8 != stream.Length - TrailerBytes)
        {
            return false;
        }

        var checksum = Crc32.Compute(output[..info.Written]);
        content = new GzipContent(start, (start * 8L) + info.LastBlockBit, (start * 8L) + info.EndBit, checksum, info.Written);
        return checksum == BinaryPrimitives.ReadUInt32LittleEndian(body[^TrailerBytes..]);
    }

    private static bool TryFindStream(ReadOnlySpan<byte> body, out int start)
    {
        start = HeaderBytes;
        var flags = body[3];

        // Headers with a checksum of their own or unknown flags are not worth a reader here.
        if ((flags & ~(Extra | Name | Comment | 1)) != 0 || (flags & HeaderChecksum) != 0)
        {
            return false;
        }

        if ((flags & Extra) != 0)
        {
            start += 2 + BinaryPrimitives.ReadUInt16LittleEndian(body[start..]);
        }

        return ((flags & Name) == 0 || TrySkipText(body, ref start))
            && ((flags & Comment) == 0 || TrySkipText(body, ref start))
            && body.Length - start >= TrailerBytes;
    }

    private static bool TrySkipText(ReadOnlySpan<byte> body, ref int start)
    {
        var length = start < body.Length ? body[start..].IndexOf((byte)0) : -1;
        start += length + 1;
        return length >= 0;
    }
}
