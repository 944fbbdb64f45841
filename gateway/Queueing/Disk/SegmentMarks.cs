using System.Buffers.Binary;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>What a mark says of its record.</summary>
internal enum MarkKind : byte
{
    /// <summary>It was sent or given up.</summary>
    Done = 0,

    /// <summary>Its sending began: it may have arrived.</summary>
    Begun = 1,

    /// <summary>A later segment holds it. At the place of a segment's header: later segments may hold copies of what is in this one.</summary>
    Moved = 2,
}

/// <summary>
/// The file of marks beside a segment, 8 bytes each: the offset of a record, and a checksum of what is meant. What is torn, or speaks of another record that lay at the place, matches nothing.
/// Guarded by the gate of the segments.
/// </summary>
internal sealed class SegmentMarks(long number) : IDisposable
{
    public const int Size = 8;

    private readonly List<(int Offset, uint Mark)> _unwritten = [];
    private IQueueFile? _file;
    private bool _syncFailed;

    /// <summary>Bytes of the file.</summary>
    public long Length { get; private set; }

    /// <summary>Goes on behind marks that are there, of which the last may be torn.</summary>
    public void Resume(IQueueFile file, long length)
    {
        _file = file;
        Length = length - (length % Size);
    }

    public void Add(MarkKind kind, int offset, uint stamp) => _unwritten.Add((offset, Of(number, kind, offset, stamp)));

    /// <summary>Writes what is not written yet; says how many bytes.</summary>
    /// <exception cref="IOException">It could not be written and is tried again next time.</exception>
    public int Write(IQueueFiles files)
    {
        var bytes = new byte[_unwritten.Count * Size];
        for (var i = 0; i < _unwritten.Count; i++)
        {
            var (offset, mark) = _unwritten[i];
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * Size), offset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((i * Size) + sizeof(int)), mark);
        }

        _file ??= files.Create(SegmentName.Of(number, SegmentName.Marks));
        _file.Write([bytes], Length);
        Length += bytes.Length;
        _unwritten.Clear();
        return bytes.Length;
    }

    /// <summary>Makes the marks survive a crash of the machine, unless the disk failed to do so before: to ask it again tells nothing.</summary>
    public void Sync()
    {
        if (_file is not null && !_syncFailed)
        {
            _syncFailed = true;
            _file.Sync();
            _syncFailed = false;
        }
    }

    /// <summary>All that a file of marks holds.</summary>
    public static HashSet<(int Offset, uint Mark)> Read(IQueueFile file, long length)
    {
        var marks = new HashSet<(int, uint)>();
        var bytes = new byte[length];
        var read = file.Read(bytes, 0);
        for (var at = 0; at + Size <= read; at += Size)
        {
            marks.Add((BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + sizeof(int)))));
        }

        return marks;
    }

    /// <summary>The mark of one record at one place.</summary>
    public static uint Of(long number, MarkKind kind, int offset, uint stamp)
    {
        Span<byte> named = stackalloc byte[17];
        BinaryPrimitives.WriteInt64LittleEndian(named, number);
        BinaryPrimitives.WriteInt32LittleEndian(named[8..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(named[12..], stamp);
        named[16] = (byte)kind;
        return Crc32C.Of(named);
    }

    public void Dispose() => _file?.Dispose();
}
