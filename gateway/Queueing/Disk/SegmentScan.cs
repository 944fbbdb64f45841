using System.Buffers;
using System.Text;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>A record that a scan found intact.</summary>
internal sealed record ScannedRecord(int Offset, RecordHeader Header, string Value, string Project);

/// <summary>What a scan of one segment found.</summary>
/// <param name="Records">The intact records in order.</param>
/// <param name="End">Where the last intact record ends.</param>
/// <param name="TornBytes">Bytes behind it that are no record: a write that was cut off.</param>
/// <param name="LostRecords">Records, at least, that are not intact.</param>
/// <param name="LostItems">Items in those of which the header is intact.</param>
internal sealed record ScanResult(IReadOnlyList<ScannedRecord> Records, long End, long TornBytes, long LostRecords, long LostItems);

/// <summary>Reads a segment from its beginning to its end in small pieces, past whatever is not intact.</summary>
internal sealed class SegmentScan(IQueueFile file, long length)
{
    private const int ChunkBytes = 128 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);

    public static ScanResult Run(IQueueFile file, long length)
    {
        var scan = new SegmentScan(file, length);
        try
        {
            return scan.Run();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scan._buffer);
        }
    }

    private ScanResult Run()
    {
        var records = new List<ScannedRecord>();
        long offset = SegmentName.HeaderSize;
        var end = Math.Min(offset, length);
        long lostRecords = 0;
        long lostItems = 0;
        while (offset < length)
        {
            if (HeaderAt(offset) is { } header)
            {
                if (BodyAt(offset, header) is { } record)
                {
                    records.Add(record);
                    end = offset + header.Length;
                }
                else
                {
                    lostRecords++;
                    lostItems += header.Items;
                }

                offset += header.Length;
            }
            else if (NextHeader(offset + 1) is { } next)
            {
                // What lies between could have been any number of records; it was one at least.
                lostRecords++;
                offset = next;
            }
            else
            {
                break;
            }
        }

        return new ScanResult(records, end, lostRecords > 0 ? 0 : length - end, lostRecords, lostItems);
    }

    private RecordHeader? HeaderAt(long offset)
    {
        Span<byte> bytes = stackalloc byte[RecordHeader.Size];
        return file.Read(bytes, offset) == bytes.Length && RecordHeader.TryRead(bytes, out var header) && offset + header.Length <= length ? header : null;
    }

    private ScannedRecord? BodyAt(long offset, RecordHeader header)
    {
        var names = new byte[header.ValueLength + header.ProjectLength];
        var at = offset + RecordHeader.Size;
        if (file.Read(names, at) != names.Length)
        {
            return null;
        }

        var crc = Crc32C.Add(Crc32C.Start, names);
        at += names.Length;
        for (var left = header.PayloadLength; left > 0;)
        {
            var part = _buffer.AsSpan(0, Math.Min(left, ChunkBytes));
            if (file.Read(part, at) != part.Length)
            {
                return null;
            }

            crc = Crc32C.Add(crc, part);
            at += part.Length;
            left -= part.Length;
        }

        return Crc32C.Finish(crc) == header.BodyCrc
            ? new ScannedRecord((int)offset, header, Encoding.UTF8.GetString(names, 0, header.ValueLength), Encoding.UTF8.GetString(names, header.ValueLength, header.ProjectLength))
            : null;
    }

    private long? NextHeader(long from)
    {
        while (from + RecordHeader.Size <= length)
        {
            var part = _buffer.AsSpan(0, file.Read(_buffer.AsSpan(0, (int)Math.Min(ChunkBytes, length - from)), from));
            for (var at = 0; part[at..].IndexOf(RecordHeader.Magic) is >= 0 and var found; at += found + 1)
            {
                if (HeaderAt(from + at + found) is not null)
                {
                    return from + at + found;
                }
            }

            // A magic may lie across the border of two pieces.
            from += Math.Max(1, part.Length - RecordHeader.Magic.Length + 1);
        }

        return null;
    }
}
