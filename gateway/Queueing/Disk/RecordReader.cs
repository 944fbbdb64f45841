namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Reads records back and checks them.</summary>
internal sealed class RecordReader(LogEnvironment environment)
{
    /// <summary>Reads one record's payload into <paramref name="bytes"/>, which is as long as the record; false when it is not intact any more.</summary>
    public bool TryRead(StoredRecord record, Span<byte> bytes, out int start, out int length)
    {
        while (true)
        {
            var (segment, offset) = record.Place;
            try
            {
                if (TryRead(segment, offset, bytes[..record.Length], out var header))
                {
                    start = header.Length - header.PayloadLength;
                    length = header.PayloadLength;
                    return true;
                }
            }
            catch (ObjectDisposedException) when (record.Place.Segment != segment)
            {
                // Rewritten meanwhile.
                continue;
            }

            (start, length) = (0, 0);
            return false;
        }
    }

    /// <summary>Reads the whole record at a place; false when it is not intact.</summary>
    public bool TryRead(Segment segment, int offset, Span<byte> bytes, out RecordHeader header)
    {
        try
        {
            var read = segment.File.Read(bytes, offset);
            return IsIntact(bytes[..read], out header);
        }
        catch (IOException exception)
        {
            environment.Fault(exception, "read");
            header = default;
            return false;
        }
    }

    private static bool IsIntact(ReadOnlySpan<byte> bytes, out RecordHeader header) =>
        RecordHeader.TryRead(bytes, out header) && header.Length == bytes.Length && Crc32C.Of(bytes[RecordHeader.Size..]) == header.BodyCrc;
}
