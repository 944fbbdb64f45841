using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Arm = System.Runtime.Intrinsics.Arm.Crc32.Arm64;

namespace SentryOtel.Otlp.Deflate;

/// <summary>The checksum of gzip (RFC 1952): the reflected polynomial 0xEDB88320.</summary>
/// <remarks>Folding by carry-less multiplication: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009).</remarks>
public static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int FoldBytes = 64;

    private static readonly uint[] ByteTable = MakeByteTable();

    // x^(2^n) modulo the polynomial.
    private static readonly uint[] SquarePowers = MakeSquarePowers();

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of what <paramref name="crc"/> is the checksum of, followed by <paramref name="data"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        if (Pclmulqdq.IsSupported && Sse2.IsSupported && data.Length >= FoldBytes)
        {
            var folded = data.Length & ~15;
            state = Fold(state, data[..folded]);
            data = data[folded..];
        }

        return ~AppendBytes(state, data);
    }

    /// <summary>The checksum of two pieces, one after the other, from theirs.</summary>
    /// <param name="first">Checksum of the first piece.</param>
    /// <param name="second">Checksum of the second piece.</param>
    /// <param name="secondLength">Bytes of the second piece.</param>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(secondLength);

        // Appending n bytes multiplies by x^(8n).
        var power = 0x80000000;
        var bits = (ulong)secondLength;
        for (var n = 3; bits != 0; bits >>= 1, n++)
        {
            if ((bits & 1) != 0)
            {
                power = Multiply(SquarePowers[n & 31], power);
            }
        }

        return Multiply(power, first) ^ second;
    }

    private static uint AppendBytes(uint state, ReadOnlySpan<byte> data)
    {
        if (Arm.IsSupported)
        {
            for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            {
                state = Arm.ComputeCrc32(state, MemoryMarshal.Read<ulong>(data));
            }
        }

        foreach (var each in data)
        {
            state = ByteTable[(byte)(state ^ each)] ^ (state >> 8);
        }

        return state;
    }

    // A multiple of 16 bytes, at least 64. Four lanes are folded over 512 bits each, then into one, then over 128 bits; the last
    // 128 bits, which stand for the whole, go the plain way.
    private static uint Fold(uint state, ReadOnlySpan<byte> data)
    {
        var far = Vector128.Create(0x0154442bd4UL, 0x01c6e41596UL);
        var near = Vector128.Create(0x01751997d0UL, 0x00ccaa009eUL);
        ref var start = ref MemoryMarshal.GetReference(data);
        var lane0 = Load(ref start, 0) ^ Vector128.CreateScalar((ulong)state);
        var (lane1, lane2, lane3) = (Load(ref start, 16), Load(ref start, 32), Load(ref start, 48));
        var at = FoldBytes;
        for (; data.Length - at >= FoldBytes; at += FoldBytes)
        {
            lane0 = Multiply(lane0, far) ^ Load(ref start, at);
            lane1 = Multiply(lane1, far) ^ Load(ref start, at + 16);
            lane2 = Multiply(lane2, far) ^ Load(ref start, at + 32);
            lane3 = Multiply(lane3, far) ^ Load(ref start, at + 48);
        }

        var sum = Multiply(Multiply(Multiply(lane0, near) ^ lane1, near) ^ lane2, near) ^ lane3;
        for (; at < data.Length; at += 16)
        {
            sum = Multiply(sum, near) ^ Load(ref start, at);
        }

        Span<byte> rest = stackalloc byte[16];
        MemoryMarshal.Write(rest, in sum);
        return AppendBytes(0, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Multiply(Vector128<ulong> lane, Vector128<ulong> factors) =>
        Pclmulqdq.CarrylessMultiply(lane, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(lane, factors, 0x11);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte start, int at) => Vector128.LoadUnsafe(ref start, (nuint)at).AsUInt64();

    // Polynomials modulo the checksum's, bit 31 the constant term.
    private static uint Multiply(uint left, uint right)
    {
        var product = 0u;
        for (var bit = 0x80000000; left != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
                left ^= bit;
            }

            right = (right & 1) != 0 ? (right >> 1) ^ Polynomial : right >> 1;
        }

        return product;
    }

    private static uint[] MakeByteTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < 256; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }

            table[index] = value;
        }

        return table;
    }

    private static uint[] MakeSquarePowers()
    {
        var powers = new uint[32];
        powers[0] = 0x40000000;
        for (var n = 1; n < powers.Length; n++)
        {
            powers[n] = Multiply(powers[n - 1], powers[n - 1]);
        }

        return powers;
    }
}
