using System.Buffers.Binary;
using System.Globalization;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The files of a segment: its records, the marks of those that are done, and what a segment with a fault becomes once it is of no more use.</summary>
internal static class SegmentName
{
    public const string Records = ".seg";
    public const string Marks = ".done";
    public const string Faulty = ".bad";

    /// <summary>Bytes at the start of a segment: magic, version, number, CRC-32C of these.</summary>
    public const int HeaderSize = 24;

    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "SOQsegm\0"u8;

    public static string Of(long number, string kind) => number.ToString("D16", CultureInfo.InvariantCulture) + kind;

    public static long? NumberOf(string name, string kind) =>
        name.EndsWith(kind, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(0, name.Length - kind.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static byte[] Header(long number)
    {
        var header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(12), number);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), Crc32C.Of(header.AsSpan(0, 20)));
        return header;
    }

    /// <summary>The version that an intact header names; null for one that is not intact.</summary>
    public static uint? VersionOf(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderSize && header.StartsWith(Magic) && BinaryPrimitives.ReadUInt32LittleEndian(header[20..]) == Crc32C.Of(header[..20])
            ? BinaryPrimitives.ReadUInt32LittleEndian(header[8..])
            : null;

    /// <summary>Refuses a segment of a version that this program can not read: to skip it would lose it.</summary>
    public static void CheckVersion(string name, ReadOnlySpan<byte> header)
    {
        if (VersionOf(header) is { } version && version != Version)
        {
            throw new DiskQueueException(
                $"the segment {name} of the disk queue has version {version}, and this program reads version {Version}: run the version that wrote it until it is sent, or move the file away");
        }
    }
}
