namespace SentryOtel.Otlp.Deflate;

/// <summary>
/// A canonical Huffman code (RFC 1951, 3.2.2) as a table that is looked up with the next bits of the stream. Codes longer than the index lead to
/// a second table behind the first.
/// </summary>
/// <param name="indexBits">Bits that look up the first table.</param>
/// <param name="symbols">Most symbols of the code.</param>
internal sealed class HuffmanTable(int indexBits, int symbols)
{
    /// <summary>Longest code of deflate.</summary>
    public const int LongestCode = 15;

    /// <summary>Set in entries of literals.</summary>
    public const uint Literal = 1u << 31;

    /// <summary>Set in entries that are neither a literal nor a base: a second table, the end of the block, or no code at all.</summary>
    public const uint Special = 1u << 15;

    /// <summary>Set with <see cref="Special"/>: bits 16 to 30 say where a second table starts, bits 8 to 12 how many bits look it up.</summary>
    public const uint Second = 1u << 14;

    /// <summary>Set with <see cref="Special"/>: the block ends.</summary>
    public const uint End = 1u << 13;

    private readonly byte[] _secondBits = new byte[1 << indexBits];

    /// <summary>
    /// Bits 0 to 7: bits to consume, extra ones included. Bits 8 to 12: those of the code alone. Bits 16 to 30: the value, or the base of a length or distance.
    /// </summary>
    public uint[] Entries { get; } = new uint[(1 << indexBits) + (symbols << (LongestCode - indexBits))];

    /// <summary>Makes the table.</summary>
    /// <param name="lengths">Length of each symbol's code; 0 for none.</param>
    /// <param name="values">Each symbol's entry without its bits of code; extra bits in bits 0 to 7.</param>
    /// <param name="allowIncomplete">Whether codes may be missing, as those of distances may.</param>
    /// <returns>False when the lengths are no code.</returns>
    public bool TryBuild(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> values, bool allowIncomplete)
    {
        Span<int> next = stackalloc int[LongestCode + 2];
        if (!TryCountCodes(lengths, next, allowIncomplete))
        {
            return false;
        }

        Span<ushort> codes = stackalloc ushort[lengths.Length];
        var isLong = false;
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] is > 0 and var length)
            {
                codes[symbol] = (ushort)(Reverse(next[length]++) >> (16 - length));
                isLong |= length > indexBits;
            }
        }

        if (allowIncomplete)
        {
            Entries.AsSpan(0, 1 << indexBits).Fill(Special);
        }

        if (isLong)
        {
            PlaceSecondTables(lengths, codes);
        }

        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] > 0)
            {
                Place(codes[symbol], lengths[symbol], values[symbol]);
            }
        }

        return true;
    }

    // Fills in the first code of each length.
    private static bool TryCountCodes(ReadOnlySpan<byte> lengths, Span<int> first, bool allowIncomplete)
    {
        Span<int> counts = stackalloc int[LongestCode + 1];
        foreach (var length in lengths)
        {
            counts[length]++;
        }

        counts[0] = 0;
        var (code, used) = (0, 0);
        for (var length = 1; length <= LongestCode; length++)
        {
            code = (code + counts[length - 1]) << 1;
            first[length] = code;
            used += counts[length] << (LongestCode - length);
        }

        // Incomplete is only: no code, or a single one of one bit.
        return used == 1 << LongestCode || (allowIncomplete && (used == 0 || (used == 1 << (LongestCode - 1) && counts[1] == 1)));
    }

    private void PlaceSecondTables(ReadOnlySpan<byte> lengths, ReadOnlySpan<ushort> codes)
    {
        var mask = (1 << indexBits) - 1;
        _secondBits.AsSpan().Clear();
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] > indexBits)
            {
                ref var bits = ref _secondBits[codes[symbol] & mask];
                bits = Math.Max(bits, (byte)(lengths[symbol] - indexBits));
            }
        }

        var at = 1 << indexBits;
        for (var index = 0; index <= mask; index++)
        {
            if (_secondBits[index] is > 0 and var bits)
            {
                Entries[index] = Special | Second | ((uint)at << 16) | ((uint)bits << 8) | (uint)indexBits;
                at += 1 << bits;
            }
        }
    }

    private void Place(int code, int length, uint value)
    {
        var (start, width) = (0, indexBits);
        if (length > indexBits)
        {
            var second = Entries[code & ((1 << indexBits) - 1)];
            (start, width) = ((int)(second >> 16) & 0x7FFF, (int)(second >> 8) & 31);
            code >>= indexBits;
            length -= indexBits;
        }

        var entry = value + (uint)length + ((uint)length << 8);
        for (; code < 1 << width; code += 1 << length)
        {
            Entries[start + code] = entry;
        }
    }

    private static uint Reverse(int code)
    {
        var bits = (uint)code;
        bits = ((bits >> 1) & 0x5555) | ((bits & 0x5555) << 1);
        bits = ((bits >> 2) & 0x3333) | ((bits & 0x3333) << 2);
        bits = ((bits >> 4) & 0x0F0F) | ((bits & 0x0F0F) << 4);
        return ((bits >> 8) & 0x00FF) | ((bits & 0x00FF) << 8);
    }
}
