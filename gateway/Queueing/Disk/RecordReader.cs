namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Reads records back and checks them.</summary>
internal sealed class RecordReader(LogEnvironment environment)
{
    /// <summary>Reads one record into <paramref name="bytes"/>, which is as long; false when it is not intact any more.</summary>
    public bool TryRead(StoredRecord record, Span<byte> bytes, out RecordHeader header)
    {
        while (true)
        {
            var (segment, offset) = record.Place;
            try
            {
                return TryRead(segment, offset, bytes[..record.Length], out header);
            }
            catch (ObjectDisposedException) when (record.Place.Segment != segment)
            {
                // Rewritten meanwhile.
            }
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
