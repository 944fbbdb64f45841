using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SentryOtel.Otlp.Deflate;

/// <summary>
/// Inflates a whole deflate stream (RFC 1951) from memory to memory, and says where its last block lies, which zlib does not tell. Not thread-safe; keeps its
/// tables for the next stream and allocates nothing.
/// </summary>
internal sealed class Inflater
{
    private const int LiteralIndexBits = 11;
    private const int DistanceIndexBits = 8;
    private const int LengthIndexBits = 7;
    private const int MaxLiterals = 288;
    private const int MaxDistances = 32;
    private const int VectorBytes = 16;
    private const ulong LiteralMask = (1UL << LiteralIndexBits) - 1;
    private const ulong DistanceMask = (1UL << DistanceIndexBits) - 1;

    private static readonly uint[] LiteralValues = MakeLiteralValues();
    private static readonly uint[] DistanceValues = MakeDistanceValues();
    private static readonly uint[] LengthValues = [.. Enumerable.Range(0, 19).Select(symbol => (uint)symbol << 16)];
    private static readonly byte[] LengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly HuffmanTable _literals = new(LiteralIndexBits, MaxLiterals);
    private readonly HuffmanTable _distances = new(DistanceIndexBits, MaxDistances);
    private readonly HuffmanTable _lengths = new(LengthIndexBits, 19);
    private readonly byte[] _codeLengths = new byte[MaxLiterals + MaxDistances + 138];
    private bool _isFixed;

    /// <summary>Inflates <paramref name="input"/>, which may be longer than the stream.</summary>
    /// <returns>False when it is no whole stream, or inflates to more than <paramref name="output"/> holds.</returns>
    public bool TryInflate(ReadOnlySpan<byte> input, Span<byte> output, out DeflateStreamInfo info)
    {
        var bits = new BitReader(input);
        var written = 0;
        while (true)
        {
            bits.Refill();
            var start = bits.Position;
            var isLast = bits.Take(1) == 1;
            var isRead = bits.Take(2) switch
            {
                0 => TryCopy(ref bits, input, output, ref written),
                1 => TryUseFixed() && TryDecode(ref bits, output, ref written),
                2 => TryReadCodes(ref bits) && TryDecode(ref bits, output, ref written),
                _ => false,
            };
            if (!isRead || bits.Position > input.Length * 8L)
            {
                info = default;
                return false;
            }

            if (isLast)
            {
                info = new DeflateStreamInfo(written, start, bits.Position);
                return true;
            }
        }
    }

    private static bool TryCopy(ref BitReader bits, ReadOnlySpan<byte> input, Span<byte> output, ref int written)
    {
        var at = (int)((bits.Position + 7) / 8);
        if (input.Length - at < 4)
        {
            return false;
        }

        var length = input[at] | (input[at + 1] << 8);
        var complement = input[at + 2] | (input[at + 3] << 8);
        at += 4;
        if ((length ^ complement) != 0xFFFF || length > input.Length - at || length > output.Length - written)
        {
            return false;
        }

        input.Slice(at, length).CopyTo(output[written..]);
        written += length;
        bits.GoTo(at + length);
        return true;
    }

    private bool TryUseFixed()
    {
        if (!_isFixed)
        {
            var lengths = _codeLengths.AsSpan(0, MaxLiterals);
            lengths[..144].Fill(8);
            lengths[144..256].Fill(9);
            lengths[256..280].Fill(7);
            lengths[280..].Fill(8);
            _isFixed = _literals.TryBuild(lengths, LiteralValues, allowIncomplete: false);
            lengths[..MaxDistances].Fill(5);
            _isFixed &= _distances.TryBuild(lengths[..MaxDistances], DistanceValues, allowIncomplete: false);
        }

        return _isFixed;
    }

    private bool TryReadCodes(ref BitReader bits)
    {
        _isFixed = false;
        bits.Refill();
        var literals = 257 + (int)bits.Take(5);
        var distances = 1 + (int)bits.Take(5);
        var lengths = 4 + (int)bits.Take(4);
        Span<byte> lengthsOfLengths = stackalloc byte[19];
        lengthsOfLengths.Clear();
        for (var index = 0; index < lengths; index++)
        {
            if ((index & 15) == 0)
            {
                bits.Refill();
            }

            lengthsOfLengths[LengthOrder[index]] = (byte)bits.Take(3);
        }

        return literals <= 286 && distances <= 30
            && _lengths.TryBuild(lengthsOfLengths, LengthValues, allowIncomplete: false)
            && TryReadCodeLengths(ref bits, literals + distances)
            && _codeLengths[256] != 0
            && _literals.TryBuild(_codeLengths.AsSpan(0, literals), LiteralValues, allowIncomplete: false)
            && _distances.TryBuild(_codeLengths.AsSpan(literals, distances), DistanceValues, allowIncomplete: true);
    }

    private bool TryReadCodeLengths(ref BitReader bits, int count)
    {
        var at = 0;
        while (at < count)
        {
            bits.Refill();
            var entry = _lengths.Entries[(int)bits.Peek(LengthIndexBits)];
            bits.Skip((int)(entry & 0xFF));
            var symbol = (entry >> 16) & 0xFF;
            if (symbol < 16)
            {
                _codeLengths[at++] = (byte)symbol;
                continue;
            }

            if (symbol == 16 && at == 0)
            {
                return false;
            }

            var (value, times) = symbol switch
            {
                16 => (_codeLengths[at - 1], 3 + (int)bits.Take(2)),
                17 => ((byte)0, 3 + (int)bits.Take(3)),
                _ => ((byte)0, 11 + (int)bits.Take(7)),
            };
            _codeLengths.AsSpan(at, times).Fill(value);
            at += times;
        }

        return at == count;
    }

    // A refill leaves at least 56 bits: three literals (45), or a length and a distance with their extra bits (48). The reader's state is in locals, which
    // the compiler keeps in registers; compiled once and for good, since what the first calls look like says little.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryDecode(ref BitReader reader, Span<byte> output, ref int written)
    {
        ref var literals = ref MemoryMarshal.GetArrayDataReference(_literals.Entries);
        ref var distances = ref MemoryMarshal.GetArrayDataReference(_distances.Entries);
        ref var start = ref MemoryMarshal.GetReference(output);
        ref var target = ref Unsafe.Add(ref start, written);
        ref var end = ref Unsafe.Add(ref start, output.Length);
        ref var input = ref reader.Input;
        var lastWord = reader.LastWord;
        var (bits, count, next) = reader.State;
        var isWhole = false;

        Refill(ref input, lastWord, ref bits, ref count, ref next, ref reader);
        var entry = Unsafe.Add(ref literals, (nint)(bits & LiteralMask));
        while (true)
        {
            if ((int)entry < 0 && Unsafe.ByteOffset(ref target, ref end) >= 3)
            {
                bits >>= (int)entry;
                count -= (byte)entry;
                target = (byte)(entry >> 16);
                entry = Unsafe.Add(ref literals, (nint)(bits & LiteralMask));
                if ((int)entry < 0)
                {
                    bits >>= (int)entry;
                    count -= (byte)entry;
                    Unsafe.Add(ref target, 1) = (byte)(entry >> 16);
                    entry = Unsafe.Add(ref literals, (nint)(bits & LiteralMask));
                    if ((int)entry < 0)
                    {
                        bits >>= (int)entry;
                        count -= (byte)entry;
                        Unsafe.Add(ref target, 2) = (byte)(entry >> 16);
                        target = ref Unsafe.Add(ref target, 3);
                        Refill(ref input, lastWord, ref bits, ref count, ref next, ref reader);
                        entry = Unsafe.Add(ref literals, (nint)(bits & LiteralMask));
                        continue;
                    }

                    target = ref Unsafe.Add(ref target, 1);
                }

                target = ref Unsafe.Add(ref target, 1);
                Refill(ref input, lastWord, ref bits, ref count, ref next, ref reader);
            }

            if ((entry & (HuffmanTable.Special | HuffmanTable.Literal)) != 0)
            {
                if ((entry & HuffmanTable.Second) != 0)
                {
                    bits >>= LiteralIndexBits;
                    count -= LiteralIndexBits;
                    entry = Unsafe.Add(ref literals, (nint)(((entry >> 16) & 0x7FFF) + (bits & ((1UL << (int)((entry >> 8) & 31)) - 1))));
                }

                if ((int)entry < 0)
                {
                    if (Unsafe.AreSame(ref target, ref end))
                    {
                        break;
                    }

                    bits >>= (int)entry;
                    count -= (byte)entry;
                    target = (byte)(entry >> 16);
                    target = ref Unsafe.Add(ref target, 1);
                    Refill(ref input, lastWord, ref bits, ref count, ref next, ref reader);
                    entry = Unsafe.Add(ref literals, (nint)(bits & LiteralMask));
                    continue;
                }

                if ((entry & HuffmanTable.Special) != 0)
                {
                    bits >>= (int)entry;
                    count -= (byte)entry;
                    isWhole = (entry & HuffmanTable.End) != 0;
                    break;
                }
            }

            // The base, and the extra bits between the code and what follows.
            var length = (nint)(((entry >> 16) & 0x1FF) + ((bits & ((1UL << (int)entry) - 1)) >> (int)((entry >> 8) & 31)));
            bits >>= (int)entry;
            count -= (byte)entry;
            entry = Unsafe.Add(ref distances, (nint)(bits & DistanceMask));
            if ((entry & HuffmanTable.Special) != 0)
            {
                if ((entry & HuffmanTable.Second) == 0)
                {
                    break;
                }

                bits >>= DistanceIndexBits;
                count -= DistanceIndexBits;
                entry = Unsafe.Add(ref distances, (nint)(((entry >> 16) & 0x7FFF) + (bits & ((1UL << (int)((entry >> 8) & 31)) - 1))));
                if ((entry & HuffmanTable.Special) != 0)
                {
                    break;
                }
            }

            var distance = (nint)((entry >> 16) + ((bits & ((1UL << (int)entry) - 1)) >> (int)((entry >> 8) & 31)));
            bits >>= (int)entry;
            count -= (byte)entry;
            var room = Unsafe.ByteOffset(ref target, ref end);
            if (distance > Unsafe.ByteOffset(ref start, ref target) || length > room || next > lastWord + (3 * sizeof(ulong)))
            {
                break;
            }

            // The next look-up is on its way while this match is copied.
            Refill(ref input, lastWord, ref bits, ref count, ref next, ref reader);
            entry = Unsafe.Add(ref literals, (nint)(bits & LiteralMask));
            ref var source = ref Unsafe.Subtract(ref target, distance);
            if (distance >= VectorBytes && room >= length + VectorBytes)
            {
                Vector128.LoadUnsafe(ref source).StoreUnsafe(ref target);
                for (nint at = VectorBytes; at < length; at += VectorBytes)
                {
                    Vector128.LoadUnsafe(ref source, (nuint)at).StoreUnsafe(ref target, (nuint)at);
                }
            }
            else
            {
                Repeat(ref source, ref target, (int)distance, (int)length);
            }

            target = ref Unsafe.Add(ref target, length);
        }

        reader.State = (bits, count, next);
        written = (int)Unsafe.ByteOffset(ref start, ref target);
        return isWhole;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Refill(ref byte input, int lastWord, ref ulong bits, ref int count, ref int next, ref BitReader reader)
    {
        if (next <= lastWord)
        {
            // Bits above the count are those of the byte that is read next: adding them again changes nothing.
            var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref input, next));
            bits |= (BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word)) << count;
            next += (63 - count) >> 3;
            count |= 56;
        }
        else
        {
            reader.State = (bits, count, next);
            reader.Refill();
            (bits, count, next) = reader.State;
        }
    }

    // What is near or overlaps, or lies at the end of the output.
    private static void Repeat(ref byte source, ref byte target, int distance, int length)
    {
        if (distance == 1)
        {
            Unsafe.InitBlockUnaligned(ref target, source, (uint)length);
            return;
        }

        for (var at = 0; at < length; at++)
        {
            Unsafe.Add(ref target, at) = Unsafe.Add(ref source, at);
        }
    }

    // RFC 1951, 3.2.5.
    private static uint[] MakeLiteralValues()
    {
        var values = new uint[MaxLiterals];
        for (var literal = 0u; literal < 256; literal++)
        {
            values[literal] = HuffmanTable.Literal | (literal << 16);
        }

        values[256] = HuffmanTable.Special | HuffmanTable.End;
        var length = 3u;
        for (var symbol = 257; symbol < 285; symbol++)
        {
            var extra = symbol < 265 ? 0 : (symbol - 261) / 4;
            values[symbol] = (length << 16) | (uint)extra;
            length += 1u << extra;
        }

        values[285] = 258 << 16;
        values[286] = values[287] = HuffmanTable.Special;
        return values;
    }

    private static uint[] MakeDistanceValues()
    {
        var values = new uint[MaxDistances];
        var distance = 1u;
        for (var symbol = 0; symbol < 30; symbol++)
        {
            var extra = symbol < 4 ? 0 : (symbol / 2) - 1;
            values[symbol] = (distance << 16) | (uint)extra;
            distance += 1u << extra;
        }

        values[30] = values[31] = HuffmanTable.Special;
        return values;
    }
}
