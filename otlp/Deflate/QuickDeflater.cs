using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SentryOtel.Otlp.Deflate;

/// <summary>
/// Writes deflate blocks (RFC 1951) with the fixed codes, and looks for repetitions at one place only: where the same four bytes were last. That compresses telemetry as well as zlib's
/// fastest level, which works alike, and has no state to set up for each piece. Not thread-safe; keeps its table for the next input and allocates nothing.
/// </summary>
internal sealed class QuickDeflater
{
    private const int HashBits = 13;
    private const int Window = 32 * 1024;
    private const int Word = sizeof(uint);
    private const int MostBackwards = FixedCodes.MaxCopy / 2;

    // The longer nothing repeats, the fewer places are looked at.
    private const int PatienceBits = 6;

    // Where each hash was last, counted on over all inputs: what is below the start of this one is of another.
    private readonly int[] _recent = new int[1 << HashBits];
    private int _start = 1;

    /// <summary>Compresses <paramref name="input"/> to one block that is not marked as the last, and ends it with a whole byte.</summary>
    /// <param name="input">At most 1 GiB.</param>
    /// <param name="output">Room for <see cref="DeflateBlocks.MaxLength"/>.</param>
    /// <returns>Bytes written.</returns>
    public int Deflate(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (_start > int.MaxValue - input.Length)
        {
            Array.Clear(_recent);
            _start = 1;
        }

        var bits = new BitWriter(output);

        // A block of fixed codes; then, behind its end, an empty stored one, whose lengths begin and end with whole bytes.
        bits.Put(0b010, 3);
        Write(input, ref bits);
        bits.Put(0, FixedCodes.EndBits + 3);
        bits.Align();
        bits.Put(0xFFFF_0000, 32);
        bits.Flush();
        _start += input.Length;
        return bits.Written;
    }

    private void Write(ReadOnlySpan<byte> input, ref BitWriter bits)
    {
        ref var first = ref MemoryMarshal.GetReference(input);
        ref var recent = ref MemoryMarshal.GetArrayDataReference(_recent);
        var start = _start;
        var (written, at) = (0, 0);
        while (at <= input.Length - Word)
        {
            var word = WordAt(ref first, at);
            ref var slot = ref Unsafe.Add(ref recent, Hash(word));
            var before = slot - start;
            slot = start + at;
            if (before < 0 || at - before > Window || WordAt(ref first, before) != word)
            {
                at += 1 + ((at - written) >> PatienceBits);
                continue;
            }

            // Places that were passed over may repeat as well; not so many that the copy would end before where it was found.
            var earliest = Math.Max(written, at - MostBackwards);
            while (at > earliest && before > 0 && Unsafe.Add(ref first, at - 1) == Unsafe.Add(ref first, before - 1))
            {
                (at, before) = (at - 1, before - 1);
            }

            var length = Common(ref first, before, at, Math.Min(FixedCodes.MaxCopy, input.Length - at));
            WriteLiterals(input[written..at], ref bits);
            var copy = FixedCodes.Copies[length];
            bits.Put(copy & ((1 << FixedCodes.CountShift) - 1), (int)(copy >> FixedCodes.CountShift));
            bits.Put(FixedCodes.Distance(at - before, out var count), count);
            bits.Flush();
            written = at += length;
        }

        WriteLiterals(input[written..], ref bits);
    }

    private static void WriteLiterals(ReadOnlySpan<byte> literals, ref BitWriter bits)
    {
        const int AtOnce = 4;
        const uint Mask = (1 << FixedCodes.CountShift) - 1;
        ref var codes = ref MemoryMarshal.GetArrayDataReference(FixedCodes.Literals);
        for (; literals.Length >= AtOnce; literals = literals[AtOnce..])
        {
            var (a, b) = (Unsafe.Add(ref codes, literals[0]), Unsafe.Add(ref codes, literals[1]));
            var (c, d) = (Unsafe.Add(ref codes, literals[2]), Unsafe.Add(ref codes, literals[3]));
            bits.Put(a & Mask, (int)(a >> FixedCodes.CountShift));
            bits.Put(b & Mask, (int)(b >> FixedCodes.CountShift));
            bits.Put(c & Mask, (int)(c >> FixedCodes.CountShift));
            bits.Put(d & Mask, (int)(d >> FixedCodes.CountShift));
            bits.Flush();
        }

        foreach (var literal in literals)
        {
            var code = Unsafe.Add(ref codes, literal);
            bits.Put(code & Mask, (int)(code >> FixedCodes.CountShift));
        }

        bits.Flush();
    }

    /// <summary>How many bytes are the same at both places, at most <paramref name="max"/>.</summary>
    private static int Common(ref byte first, int before, int at, int max)
    {
        var length = 0;
        for (; length <= max - sizeof(ulong); length += sizeof(ulong))
        {
            var difference = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, before + length)) ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at + length));
            if (difference != 0)
            {
                return length + ((BitConverter.IsLittleEndian ? BitOperations.TrailingZeroCount(difference) : BitOperations.LeadingZeroCount(difference)) >> 3);
            }
        }

        while (length < max && Unsafe.Add(ref first, before + length) == Unsafe.Add(ref first, at + length))
        {
            length++;
        }

        return length;
    }

    private static uint WordAt(ref byte first, int at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, at));

    // Fibonacci hashing: the golden ratio spreads what is close together.
    private static uint Hash(uint word) => (word * 0x9E37_79B1) >> (32 - HashBits);
}
