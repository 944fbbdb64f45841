using System.Numerics;

namespace SentryOtel.Otlp.Deflate;

/// <summary>The fixed codes of deflate as a writer needs them: bits in the order in which they are written, with their number (RFC 1951, 3.2.5 and 3.2.6).</summary>
internal static class FixedCodes
{
    /// <summary>From here on an entry holds the number of its bits; below, the bits.</summary>
    public const int CountShift = 24;

    /// <summary>The longest copy that one code can say.</summary>
    public const int MaxCopy = 258;

    private const int MinCopy = 3;
    private const int DistanceBits = 5;

    /// <summary>By byte.</summary>
    public static readonly uint[] Literals = [.. Enumerable.Range(0, 256).Select(static symbol => Literal(symbol))];

    /// <summary>By length of the copy, extra bits included; the first three are not in use.</summary>
    public static readonly uint[] Copies = [.. Enumerable.Range(0, MaxCopy + 1).Select(static length => length < MinCopy ? 0 : Copy(length))];

    private static readonly byte[] Distances = [.. Enumerable.Range(0, 30).Select(static code => (byte)Reverse((uint)code, DistanceBits))];

    /// <summary>The code that ends a block: seven zeros.</summary>
    public const int EndBits = 7;

    /// <summary>The bits of a distance from 1 to 32768, extra bits included, and their number.</summary>
    public static uint Distance(int distance, out int count)
    {
        // Two codes for each power of two, told apart by the bit below the highest; what is below that bit is extra.
        var value = (uint)distance - 1;
        if (value < 4)
        {
            count = DistanceBits;
            return Distances[value];
        }

        var extra = BitOperations.Log2(value) - 1;
        count = DistanceBits + extra;
        return Distances[(2 * extra) + 2 + ((value >> extra) & 1)] | ((value & ((1u << extra) - 1)) << DistanceBits);
    }

    private static uint Literal(int symbol) => symbol < 144
        ? Entry(Reverse((uint)(0x30 + symbol), 8), 8)
        : Entry(Reverse((uint)(0x190 + symbol - 144), 9), 9);

    private static uint Copy(int length)
    {
        // Four codes for each power of two; the longest copy has a code of its own.
        var value = (uint)(length - MinCopy);
        var extra = value < 8 || length == MaxCopy ? 0 : BitOperations.Log2(value) - 2;
        var symbol = length == MaxCopy ? 285u : value < 8 ? 257 + value : 257 + (4 * (uint)extra) + 4 + ((value >> extra) & 3);
        var (bits, count) = symbol < 280 ? (Reverse(symbol - 256, 7), 7) : (Reverse(0xC0 + symbol - 280, 8), 8);
        return Entry(bits | ((value & ((1u << extra) - 1)) << count), count + extra);
    }

    private static uint Entry(uint bits, int count) => bits | ((uint)count << CountShift);

    // Codes are written from their highest bit on.
    private static uint Reverse(uint code, int count)
    {
        uint reversed = 0;
        for (var bit = 0; bit < count; bit++)
        {
            reversed |= ((code >> bit) & 1) << (count - 1 - bit);
        }

        return reversed;
    }
}
