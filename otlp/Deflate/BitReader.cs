using System.Runtime.InteropServices;

namespace SentryOtel.Otlp.Deflate;

/// <summary>Bits of a deflate stream, least significant first. Behind the end of the input come zeros: <see cref="Position"/> tells.</summary>
internal ref struct BitReader
{
    private readonly ReadOnlySpan<byte> _input;
    private ulong _bits;
    private int _count;
    private int _next;

    public BitReader(ReadOnlySpan<byte> input) => _input = input;

    /// <summary>Bits consumed.</summary>
    public readonly long Position => (_next * 8L) - _count;

    /// <summary>The first byte of the input.</summary>
    public readonly ref byte Input => ref MemoryMarshal.GetReference(_input);

    /// <summary>Last place from which a whole word can be read.</summary>
    public readonly int LastWord => _input.Length - sizeof(ulong);

    /// <summary>Bits that are ready, their number (more may be set above), and the next byte to read.</summary>
    public (ulong Bits, int Count, int Next) State
    {
        readonly get => (_bits, _count, _next);
        set => (_bits, _count, _next) = value;
    }

    /// <summary>Makes at least 56 bits ready.</summary>
    public void Refill()
    {
        // A byte that was not counted may be there already: adding it again changes nothing.
        while (_count < 56)
        {
            _bits |= (_next < _input.Length ? (ulong)_input[_next] : 0) << _count;
            _next++;
            _count += 8;
        }
    }

    /// <summary>The next bits, at most what is ready.</summary>
    public readonly ulong Peek(int count) => _bits & ((1UL << count) - 1);

    /// <summary>Consumes bits; of the number only the lowest six bits count.</summary>
    public void Skip(int count)
    {
        _bits >>= count;
        _count -= count & 63;
    }

    public uint Take(int count)
    {
        var value = (uint)Peek(count);
        Skip(count);
        return value;
    }

    /// <summary>Goes on at a byte.</summary>
    public void GoTo(int position) => (_bits, _count, _next) = (0, 0, position);
}
