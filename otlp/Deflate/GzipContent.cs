namespace SentryOtel.Otlp.Deflate;

/// <summary>Where the deflate stream lies in a gzip member that was read, and what it inflates to.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="LastBlockBit">First bit of its last block.</param>
/// <param name="EndBit">First bit behind it.</param>
/// <param name="Checksum">CRC-32 of what it inflates to.</param>
/// <param name="Length">Bytes that it inflates to.</param>
public readonly record struct GzipContent(int Start, long LastBlockBit, long EndBit, uint Checksum, int Length)
{
    /// <summary>
    /// Changes <paramref name="member"/> so that another deflate stream can follow: the last block is not the last any more, and an empty stored block (RFC 1951, 3.2.4)
    /// fills up the last byte. The trailer is overwritten.
    /// </summary>
    /// <returns>The length of the blocks, from <see cref="Start"/> on: whole bytes.</returns>
    public int Open(Span<byte> member)
    {
        member[(int)(LastBlockBit / 8)] &= (byte)~(1 << (int)(LastBlockBit % 8));
        var (at, used) = ((int)(EndBit / 8), (int)(EndBit % 8));
        if (used == 0)
        {
            return at - Start;
        }

        // Three bits say: stored, and not the last. They may need the next byte.
        member[at] &= (byte)((1 << used) - 1);
        at++;
        if (used > 5)
        {
            member[at++] = 0;
        }

        member[at++] = 0;
        member[at++] = 0;
        member[at++] = 0xFF;
        member[at++] = 0xFF;
        return at - Start;
    }
}
