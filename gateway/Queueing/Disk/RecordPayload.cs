using System.Buffers.Binary;
using System.Collections.Immutable;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>How a record holds its data.</summary>
internal enum PayloadForm : byte
{
    /// <summary>As protobuf.</summary>
    Protobuf = 0,

    /// <summary>In the deflate blocks in which they came, behind their CRC-32 (4) and their length before compression (4), little endian.</summary>
    Deflate = 1,
}

/// <summary>What one request holds for one service, in the form in which it goes to disk. Readable as long as the request is.</summary>
internal sealed class RecordPayload
{
    private const int PrefixBytes = 8;

    private readonly ImmutableArray<ReadOnlyMemory<byte>> _ranges;
    private readonly GzipBody? _gzip;

    /// <param name="ranges">Slices of the request.</param>
    /// <param name="gzip">All of the request as it came, when the slices are all of it and it came compressed; the caller's.</param>
    public RecordPayload(ImmutableArray<ReadOnlyMemory<byte>> ranges, GzipBody? gzip = null)
    {
        (_ranges, _gzip) = (ranges, gzip);
        Parts = gzip is null ? ranges : [Prefix(gzip), gzip.Blocks];
        Length = Parts.Sum(part => part.Length);
    }

    public PayloadForm Form => _gzip is null ? PayloadForm.Protobuf : PayloadForm.Deflate;

    /// <summary>What is written.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Parts { get; }

    /// <summary>Bytes that are written.</summary>
    public int Length { get; }

    /// <summary>The data as they came, for a queue in memory.</summary>
    public QueuedData Share(BufferLease lease, ProjectAccount account, TimeSpan since, StoredRecord record) => _gzip is null
        ? new QueuedData(lease.Share(), _ranges, record.Items, account, since, record)
        : new QueuedData(_gzip.Share(), record.Items, account, since, record);

    /// <summary>The data that were read back into a lease, which is owned from here on.</summary>
    public static QueuedData Read(BufferLease lease, RecordHeader header, TimeSpan since, StoredRecord record)
    {
        var payload = lease.Memory[(header.Length - header.PayloadLength)..];
        if (header.Form == PayloadForm.Protobuf)
        {
            return new QueuedData(lease, [payload], record.Items, record.Line.Account, since, record);
        }

        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(payload.Span);
        var length = BinaryPrimitives.ReadInt32LittleEndian(payload.Span[sizeof(uint)..]);
        var gzip = new GzipBody(lease, header.Length - header.PayloadLength + PrefixBytes, header.PayloadLength - PrefixBytes, checksum, length);
        return new QueuedData(gzip, record.Items, record.Line.Account, since, record);
    }

    private static byte[] Prefix(GzipBody gzip)
    {
        var prefix = new byte[PrefixBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, gzip.Checksum);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(sizeof(uint)), gzip.Length);
        return prefix;
    }
}
