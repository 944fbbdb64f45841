namespace SentryOtel.Otlp.Wire;

/// <summary>Sizes and bytes of protobuf tags, varints and lengths.</summary>
internal static class WireWriter
{
    /// <summary>Most bytes of a length-delimited field's tag and length, for field numbers below 16.</summary>
    public const int MaxPrefixBytes = 6;

    public static int VarintSize(ulong value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7)
        {
            size++;
        }

        return size;
    }

    /// <summary>Writes <paramref name="value"/> and returns the bytes it took.</summary>
    public static int WriteVarint(Span<byte> destination, ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[at++] = (byte)(value | 0x80);
        }

        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>Writes the tag and length of a length-delimited field below number 16; returns the bytes it took.</summary>
    public static int WritePrefix(Span<byte> destination, int fieldNumber, int length)
    {
        destination[0] = (byte)((fieldNumber << 3) | (int)WireType.LengthDelimited);
        return 1 + WriteVarint(destination[1..], (ulong)length);
    }

    /// <summary>Bytes of a length-delimited field below number 16 with this much in it.</summary>
    public static long FieldSize(long length) => 1 + VarintSize((ulong)length) + length;
}
