using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Batching;

/// <summary>
/// Builds one part after the other. A part holds whole fields of the request, and pieces of a record that is being
/// split: its header, whole scopes, and pieces of a scope that is being split. Only the pieces' tags and lengths are
/// new bytes; all else stays where it is.
/// </summary>
internal sealed class PartAssembler(ReadOnlyMemory<byte> request)
{
    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private readonly List<ReadOnlyMemory<byte>> _recordSegments = [];
    private readonly ByteRanges _whole = new();
    private readonly ByteRanges _scopes = new();
    private readonly ByteRanges _scopeItems = new();
    private ByteRanges? _recordHeader;
    private ByteRanges? _scopeHeader;
    private int _closedRecordBytes;
    private long _closedBytes;

    /// <summary>Items in the part so far.</summary>
    public int Items { get; private set; }

    /// <summary>Whether the part holds anything yet.</summary>
    public bool HasContent => _closedBytes + _whole.Length + _closedRecordBytes + _scopes.Length + _scopeItems.Length > 0;

    /// <summary>Upper bound of the part's size: lengths that are not known yet count with their longest form.</summary>
    public long Size
    {
        get
        {
            var size = _closedBytes + _whole.Length;
            if (_recordHeader is not null)
            {
                size += WireWriter.MaxPrefixBytes + _recordHeader.Length + _closedRecordBytes + _scopes.Length;
            }

            return _scopeHeader is null
                ? size
                : size + WireWriter.MaxPrefixBytes + _scopeHeader.Length + _scopeItems.Length;
        }
    }

    /// <summary>Adds a whole field of the request.</summary>
    public void AddWhole(int start, int end, int items)
    {
        _whole.Add(start, end);
        Items += items;
    }

    /// <summary>From here on scopes belong to a piece of this record. Costs nothing until something is added.</summary>
    public void OpenRecord(ByteRanges header)
    {
        CloseWhole();
        _recordHeader = header;
    }

    /// <summary>Adds a whole scope to the open record.</summary>
    public void AddScope(int start, int end, int items)
    {
        _scopes.Add(start, end);
        Items += items;
    }

    /// <summary>From here on items belong to a piece of this scope of the open record.</summary>
    public void OpenScope(ByteRanges header)
    {
        CloseScopes();
        _scopeHeader = header;
    }

    /// <summary>Adds one span or log record to the open scope.</summary>
    public void AddItem(int start, int end)
    {
        _scopeItems.Add(start, end);
        Items++;
    }

    public void CloseScope()
    {
        if (_scopeHeader is not null && _scopeItems.Length > 0)
        {
            var length = _scopeHeader.Length + _scopeItems.Length;
            _recordSegments.Add(Prefix(OtlpFields.ResourceRecordScopes, length));
            _scopeHeader.AppendTo(_recordSegments, request);
            _scopeItems.AppendTo(_recordSegments, request);
            _closedRecordBytes += (int)WireWriter.FieldSize(length);
        }

        _scopeItems.Clear();
        _scopeHeader = null;
    }

    public void CloseRecord()
    {
        CloseScope();
        CloseScopes();
        if (_recordHeader is not null && _closedRecordBytes > 0)
        {
            var length = _recordHeader.Length + _closedRecordBytes;
            _segments.Add(Prefix(OtlpFields.RequestResources, length));
            _recordHeader.AppendTo(_segments, request);
            _segments.AddRange(_recordSegments);
            _closedBytes += WireWriter.FieldSize(length);
        }

        _recordSegments.Clear();
        _closedRecordBytes = 0;
        _recordHeader = null;
    }

    /// <summary>Ends the part, and starts the next with the same record and scope open.</summary>
    public ExportPart NextPart()
    {
        var (record, scope) = (_recordHeader, _scopeHeader);
        CloseRecord();
        CloseWhole();
        var part = new ExportPart([.. _segments], Items);
        _segments.Clear();
        _closedBytes = 0;
        Items = 0;
        (_recordHeader, _scopeHeader) = (record, scope);
        return part;
    }

    private void CloseWhole()
    {
        _whole.AppendTo(_segments, request);
        _closedBytes += _whole.Length;
        _whole.Clear();
    }

    private void CloseScopes()
    {
        _scopes.AppendTo(_recordSegments, request);
        _closedRecordBytes += _scopes.Length;
        _scopes.Clear();
    }

    private static byte[] Prefix(int fieldNumber, int length)
    {
        Span<byte> prefix = stackalloc byte[WireWriter.MaxPrefixBytes];
        return prefix[..WireWriter.WritePrefix(prefix, fieldNumber, length)].ToArray();
    }
}
