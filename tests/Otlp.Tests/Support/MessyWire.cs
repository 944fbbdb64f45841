using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Tests.Support;

/// <summary>
/// Writes protobuf in the legal forms that no SDK uses: overlong varints, fields in any order, unknown fields, groups,
/// known numbers with another wire type.
/// </summary>
/// <param name="random">Decides everything.</param>
/// <param name="below16">A number below 16, whose tag is a single byte, that none of the messages knows; null when there is none.</param>
internal sealed class MessyWire(Random random, int? below16 = 15)
{
    // Numbers that no OTLP message knows: one byte, two bytes, the largest.
    private readonly int[] _unknownNumbers = [below16 ?? 77, 77, 1000, 19_999, (1 << 29) - 1];

    public Random Random { get; } = random;

    public bool Chance(int percent) => Random.Next(100) < percent;

    /// <summary>The fields in random order; those of the same number may change places as well.</summary>
    public byte[] Message(IEnumerable<byte[]> fields)
    {
        var all = fields.ToList();
        while (Chance(20))
        {
            all.Add(UnknownField(depth: 0));
        }

        var shuffled = all.ToArray();
        Random.Shuffle(shuffled);
        return [.. shuffled.SelectMany(field => field)];
    }

    public byte[] Message(params byte[][] fields) => Message((IEnumerable<byte[]>)fields);

    public byte[] Bytes(int number, ReadOnlySpan<byte> value) =>
        [.. Tag(number, WireType.LengthDelimited), .. Varint((ulong)value.Length), .. value];

    public byte[] Number(int number, ulong value) => [.. Tag(number, WireType.Varint), .. Varint(value)];

    public byte[] Fixed64(int number) => [.. Tag(number, WireType.Fixed64), .. RandomBytes(8)];

    public byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        Random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A known number with a wire type that is not its own: an unknown field.</summary>
    public byte[] Mistyped(int number) =>
        Chance(50) ? Number(number, (ulong)Random.NextInt64()) : [.. Tag(number, WireType.Fixed32), .. RandomBytes(4)];

    private byte[] UnknownField(int depth)
    {
        var number = _unknownNumbers[Random.Next(_unknownNumbers.Length)];
        return Random.Next(depth < 3 ? 5 : 4) switch
        {
            0 => Number(number, (ulong)Random.NextInt64()),
            1 => Fixed64(number),
            2 => Bytes(number, RandomBytes(Random.Next(20))),
            3 => [.. Tag(number, WireType.Fixed32), .. RandomBytes(4)],
            _ => Group(number, depth),
        };
    }

    private byte[] Group(int number, int depth)
    {
        var inner = Enumerable.Range(0, Random.Next(3)).SelectMany(_ => UnknownField(depth + 1));
        return [.. Tag(number, WireType.StartGroup), .. inner, .. Tag(number, WireType.EndGroup)];
    }

    private byte[] Tag(int number, WireType type) => Varint(((ulong)number << 3) | (ulong)type);

    private byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        while (bytes.Count < 10 && Chance(15))
        {
            bytes[^1] |= 0x80;
            bytes.Add(0);
        }

        return [.. bytes];
    }
}
