using System.Buffers.Binary;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>
/// What stands before a record's bytes in a segment, 48 bytes, little endian: magic (4), CRC-32C of the rest of the header (4), CRC-32C of the body (4), length of the payload (4),
/// sequence (8), time of acceptance in Unix milliseconds (8), items (4), length of the routing value (4), signal (1), version (1), length of the project's name (2), form of the payload (1), zeros (3).
/// The body is the routing value, the project's name and the payload, one after the other.
/// </summary>
internal readonly record struct RecordHeader(
    uint BodyCrc, int PayloadLength, long Sequence, long AcceptedAt, int Items, int ValueLength, int ProjectLength, OtlpSignal Signal, PayloadForm Form)
{
    public const int Size = 48;

    private const byte Version = 1;

    public static ReadOnlySpan<byte> Magic => "SOQr"u8;

    /// <summary>Bytes of the whole record.</summary>
    public int Length => Size + ValueLength + ProjectLength + PayloadLength;

    /// <summary>Tells records apart, whatever lay at the same place before.</summary>
    public uint Stamp
    {
        get
        {
            Span<byte> named = stackalloc byte[20];
            BinaryPrimitives.WriteInt64LittleEndian(named, Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(named[8..], AcceptedAt);
            BinaryPrimitives.WriteUInt32LittleEndian(named[16..], BodyCrc);
            return Crc32C.Of(named);
        }
    }

    public void Write(Span<byte> to)
    {
        to[..Size].Clear();
        Magic.CopyTo(to);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], BodyCrc);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], PayloadLength);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], AcceptedAt);
        BinaryPrimitives.WriteInt32LittleEndian(to[32..], Items);
        BinaryPrimitives.WriteInt32LittleEndian(to[36..], ValueLength);
        to[40] = (byte)Signal;
        to[41] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(to[42..], checked((ushort)ProjectLength));
        to[44] = (byte)Form;
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], Crc32C.Of(to[8..Size]));
    }

    /// <summary>False when these are not the bytes of a header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out RecordHeader header)
    {
        header = default;
        if (from.Length < Size || !from.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != Crc32C.Of(from[8..Size]) || from[41] != Version)
        {
            return false;
        }

        header = new RecordHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[36..]),
            BinaryPrimitives.ReadUInt16LittleEndian(from[42..]),
            (OtlpSignal)from[40],
            (PayloadForm)from[44]);
        return header is { PayloadLength: >= 0, Items: >= 0, ValueLength: >= 0 } && Enum.IsDefined(header.Signal) && Enum.IsDefined(header.Form);
    }
}
