using System.Buffers.Binary;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>One file of records, and what is still needed of it. Guarded by the log.</summary>
internal sealed class Segment(long number, IQueueFile file, long length) : IDisposable
{
    public const int MarkSize = 8;

    private readonly List<(int Offset, uint Stamp)> _unmarked = [];
    private IQueueFile? _marks;
    private StoredRecord? _last;

    public long Number { get; } = number;

    public IQueueFile File { get; } = file;

    /// <summary>Bytes that are whole.</summary>
    public long Length { get; set; } = length;

    /// <summary>Bytes of the file of marks.</summary>
    public long MarksLength { get; private set; }

    public long LiveBytes { get; private set; }

    public int LiveRecords { get; private set; }

    /// <summary>The oldest record that is not done.</summary>
    public StoredRecord? First { get; private set; }

    /// <summary>Something in it could not be read: it is kept for a look instead of being deleted.</summary>
    public bool IsFaulty { get; set; }

    public bool HasUnmarked => _unmarked.Count > 0;

    public void Add(StoredRecord record, int offset)
    {
        record.MoveTo(this, offset);
        record.Previous = _last;
        record.Next = null;
        if (_last is null)
        {
            First = record;
        }
        else
        {
            _last.Next = record;
        }

        _last = record;
        LiveBytes += record.Length;
        LiveRecords++;
    }

    public void Remove(StoredRecord record)
    {
        if (record.Previous is { } previous)
        {
            previous.Next = record.Next;
        }
        else
        {
            First = record.Next;
        }

        if (record.Next is { } next)
        {
            next.Previous = record.Previous;
        }
        else
        {
            _last = record.Previous;
        }

        (record.Previous, record.Next) = (null, null);
        LiveBytes -= record.Length;
        LiveRecords--;
    }

    /// <summary>Goes on behind marks that are there, of which the last may be torn.</summary>
    public void ResumeMarks(IQueueFile marks, long length)
    {
        _marks = marks;
        MarksLength = length - (length % MarkSize);
    }

    /// <summary>Remembers that a record is done.</summary>
    public void Mark(int offset, uint stamp) => _unmarked.Add((offset, stamp));

    /// <summary>Writes the marks that are not written yet; not synced, since a lost mark repeats data and loses none.</summary>
    /// <exception cref="IOException">They could not be written and are tried again next time.</exception>
    public void WriteMarks(IQueueFiles files)
    {
        var bytes = new byte[_unmarked.Count * MarkSize];
        for (var i = 0; i < _unmarked.Count; i++)
        {
            var (offset, stamp) = _unmarked[i];
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * MarkSize), offset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((i * MarkSize) + 4), MarkOf(Number, offset, stamp));
        }

        _marks ??= files.Create(SegmentName.Of(Number, SegmentName.Marks));
        _marks.Write([bytes], MarksLength);
        MarksLength += bytes.Length;
        _unmarked.Clear();
    }

    /// <summary>What a file of marks holds: offsets, each with what <see cref="MarkOf"/> gives for the record that is meant. What is torn matches no record.</summary>
    public static HashSet<(int Offset, uint Mark)> ReadMarks(IQueueFile file, long length)
    {
        var marks = new HashSet<(int, uint)>();
        var bytes = new byte[length];
        var read = file.Read(bytes, 0);
        for (var at = 0; at + MarkSize <= read; at += MarkSize)
        {
            marks.Add((BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4))));
        }

        return marks;
    }

    /// <summary>The mark of one record at one place.</summary>
    public static uint MarkOf(long number, int offset, uint stamp)
    {
        Span<byte> named = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(named, number);
        BinaryPrimitives.WriteInt32LittleEndian(named[8..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(named[12..], stamp);
        return Crc32C.Of(named);
    }

    public void Dispose()
    {
        File.Dispose();
        _marks?.Dispose();
    }
}
