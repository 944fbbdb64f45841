using System.Buffers.Binary;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Json;

/// <summary>
/// Writes protobuf into a span of fixed size. Messages whose length is known only at their end are written first and
/// moved up by what their length takes. When the span is full, <see cref="Overflowed"/> says so and nothing more is written.
/// </summary>
internal ref struct ProtobufOutput(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something did not fit.</summary>
    public bool Overflowed { get; private set; }

    public void Tag(int fieldNumber, WireType type) => Varint(((ulong)fieldNumber << 3) | (ulong)type);

    public void Varint(ulong value)
    {
        var size = WireWriter.VarintSize(value);
        if (Fits(size))
        {
            Length += WireWriter.WriteVarint(_destination[Length..], value);
        }
    }

    public void Fixed32(uint value)
    {
        if (Fits(sizeof(uint)))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_destination[Length..], value);
            Length += sizeof(uint);
        }
    }

    public void Fixed64(ulong value)
    {
        if (Fits(sizeof(ulong)))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_destination[Length..], value);
            Length += sizeof(ulong);
        }
    }

    /// <summary>Room for up to <paramref name="size"/> bytes, empty when they do not fit; what was used is to be told with <see cref="Advance"/>.</summary>
    public readonly Span<byte> Room(int size) => size <= _destination.Length - Length ? _destination.Slice(Length, size) : default;

    public void Advance(int bytes) => Length += bytes;

    public void Overflow() => Overflowed = true;

    /// <summary>Starts the content of a length-delimited field; returns what <see cref="End"/> needs.</summary>
    public readonly int Begin() => Length;

    /// <summary>Ends the content that began at <paramref name="start"/>, and puts its length before it.</summary>
    public void End(int start)
    {
        var content = Length - start;
        var size = WireWriter.VarintSize((ulong)content);
        if (Fits(size))
        {
            _destination.Slice(start, content).CopyTo(_destination[(start + size)..]);
            WireWriter.WriteVarint(_destination[start..], (ulong)content);
            Length += size;
        }
    }

    private bool Fits(int bytes)
    {
        Overflowed |= bytes > _destination.Length - Length;
        return !Overflowed;
    }
}
