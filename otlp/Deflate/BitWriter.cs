using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SentryOtel.Otlp.Deflate;

/// <summary>Writes bits of a deflate stream, least significant first. The output must have room for eight bytes more than are written.</summary>
internal ref struct BitWriter(Span<byte> output)
{
    private readonly ref byte _output = ref MemoryMarshal.GetReference(output);
    private ulong _bits;
    private int _count;
    private int _written;

    /// <summary>Whole bytes written.</summary>
    public readonly int Written => _written;

    /// <summary>Adds bits; at most 56 from one <see cref="Flush"/> to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(uint value, int count)
    {
        _bits |= (ulong)value << _count;
        _count += count;
    }

    /// <summary>Writes the whole bytes of what was added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Flush()
    {
        var word = BitConverter.IsLittleEndian ? _bits : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(_bits);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref _output, _written), word);
        var bytes = _count >> 3;
        _written += bytes;
        _bits >>= bytes * 8;
        _count &= 7;
    }

    /// <summary>Fills up the last byte with zeros.</summary>
    public void Align()
    {
        _count = (_count + 7) & ~7;
        Flush();
    }
}
