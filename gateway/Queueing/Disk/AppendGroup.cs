using System.Text;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>What became of an append.</summary>
internal enum AppendResult
{
    /// <summary>The data are on disk.</summary>
    Committed,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The disk failed.</summary>
    Failed,
}

/// <summary>The records of one request, written together and answered together.</summary>
internal sealed class AppendGroup
{
    private readonly List<(StoredRecord Record, byte[] Head, RecordPayload Payload)> _entries = [];

    public TaskCompletionSource<AppendResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Bytes { get; private set; }

    public IEnumerable<StoredRecord> Records => _entries.Select(entry => entry.Record);

    /// <summary>Bytes of a record's header and names before its payload.</summary>
    public static int HeadBytes(string value, string project) => RecordHeader.Size + Encoding.UTF8.GetByteCount(value) + Encoding.UTF8.GetByteCount(project);

    /// <summary>Adds a record; its payload must stay readable until <see cref="Done"/>.</summary>
    public void Add(StoredRecord record, long sequence, RecordPayload payload)
    {
        var (value, project) = (record.Line.Value, record.Line.Account.Project);
        var head = new byte[HeadBytes(value, project)];
        var valueLength = Encoding.UTF8.GetBytes(value, head.AsSpan(RecordHeader.Size));
        var projectLength = Encoding.UTF8.GetBytes(project, head.AsSpan(RecordHeader.Size + valueLength));
        var crc = Crc32C.Add(Crc32C.Start, head.AsSpan(RecordHeader.Size));
        foreach (var part in payload.Parts)
        {
            crc = Crc32C.Add(crc, part.Span);
        }

        var header = new RecordHeader(
            Crc32C.Finish(crc), payload.Length, sequence, record.AcceptedAt, record.Items, valueLength, projectLength, record.Line.Signal, payload.Form);
        header.Write(head);
        record.Stamp = header.Stamp;
        _entries.Add((record, head, payload));
        Bytes += record.Length;
    }

    public void WriteTo(List<ReadOnlyMemory<byte>> buffers)
    {
        foreach (var (_, head, payload) in _entries)
        {
            buffers.Add(head);
            buffers.AddRange(payload.Parts);
        }
    }
}
