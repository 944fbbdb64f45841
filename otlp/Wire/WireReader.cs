namespace SentryOtel.Otlp.Wire;

/// <summary>
/// Walks the fields of one protobuf message without decoding them: each <see cref="MoveNext"/> reads a tag and finds
/// where its value ends. Never reads outside the span, never allocates, never throws for bad bytes.
/// </summary>
/// <remarks>
/// Overlong varints are legal and accepted. Groups, which no OTLP message has, are skipped whole as unknown fields, so
/// that what a newer schema adds passes through. All offsets count from the start of the whole request, also in the
/// readers made by <see cref="Enter"/>, so that an error names a place the sender can look at.
/// </remarks>
public ref struct WireReader
{
    /// <summary>Deepest nesting of groups that is skipped; the customary recursion limit of protobuf parsers.</summary>
    public const int MaxGroupDepth = 100;

    private const int MaxFieldNumber = (1 << 29) - 1;

    private readonly ReadOnlySpan<byte> _request;
    private readonly int _end;
    private int _next;

    /// <summary>Reads the fields of <paramref name="request"/>.</summary>
    public WireReader(ReadOnlySpan<byte> request)
        : this(request, 0, request.Length)
    {
    }

    private WireReader(ReadOnlySpan<byte> request, int start, int end)
    {
        _request = request;
        _next = start;
        _end = end;
    }

    /// <summary>What stopped the walk; <see cref="OtlpError.None"/> when it reached the end of the message.</summary>
    public OtlpError Error { get; private set; }

    /// <summary>The current field's number.</summary>
    public int FieldNumber { get; private set; }

    /// <summary>The current field's wire type; for a whole group <see cref="WireType.StartGroup"/>.</summary>
    public WireType WireType { get; private set; }

    /// <summary>Offset of the current field's tag.</summary>
    public int FieldStart { get; private set; }

    /// <summary>Offset of the current field's value: past the tag and, for a length-delimited one, past the length.</summary>
    public int ValueStart { get; private set; }

    /// <summary>Offset just past the current field.</summary>
    public readonly int FieldEnd => _next;

    /// <summary>Size of the current field with its tag, in bytes.</summary>
    public readonly int FieldLength => _next - FieldStart;

    /// <summary>Size of the current field's value, in bytes.</summary>
    public readonly int ValueLength => _next - ValueStart;

    /// <summary>The current field's value when it is a varint.</summary>
    public ulong Varint { get; private set; }

    /// <summary>The current field's value bytes.</summary>
    public readonly ReadOnlySpan<byte> Value => _request[ValueStart.._next];

    /// <summary>Whether the current field is length-delimited and has this number.</summary>
    public readonly bool IsMessage(int fieldNumber) => FieldNumber == fieldNumber && WireType == WireType.LengthDelimited;

    /// <summary>A reader of the current field's value as an embedded message.</summary>
    public readonly WireReader Enter() => new(_request, ValueStart, _next);

    /// <summary>As <see cref="Enter"/>, from the field that starts so many bytes into the value.</summary>
    internal readonly WireReader EnterAt(int offset) => new(_request, ValueStart + offset, _next);

    /// <summary>Goes to the next field. False at the end of the message and at the first error.</summary>
    public bool MoveNext()
    {
        if (_next >= _end)
        {
            return false;
        }

        FieldStart = _next;
        return ReadTag(out var number, out var type) && ReadValue(number, type);
    }

    private bool ReadTag(out int number, out WireType type)
    {
        var at = _next;
        number = 0;
        type = default;
        if (!ReadVarint(out var tag))
        {
            return false;
        }

        if (tag >> 3 is 0 or > MaxFieldNumber)
        {
            return Fail(OtlpFault.FieldNumberInvalid, at);
        }

        number = (int)(tag >> 3);
        type = (WireType)(tag & 7);
        return type <= WireType.Fixed32 || Fail(OtlpFault.WireTypeInvalid, at);
    }

    private bool ReadValue(int number, WireType type)
    {
        FieldNumber = number;
        WireType = type;
        ValueStart = _next;
        switch (type)
        {
            case WireType.Varint:
                var read = ReadVarint(out var value);
                Varint = value;
                return read;
            case WireType.LengthDelimited:
                return ReadLength();
            case WireType.Fixed64:
                return Skip(sizeof(ulong));
            case WireType.Fixed32:
                return Skip(sizeof(uint));
            case WireType.StartGroup:
                return SkipGroup(number);
            default:
                return Fail(OtlpFault.GroupUnbalanced, FieldStart);
        }
    }

    private bool ReadLength()
    {
        var at = _next;
        if (!ReadVarint(out var length))
        {
            return false;
        }

        if (length > int.MaxValue)
        {
            return Fail(OtlpFault.LengthTooLarge, at);
        }

        if (length > (ulong)(_end - _next))
        {
            return Fail(OtlpFault.LengthBeyondEnd, at);
        }

        ValueStart = _next;
        _next += (int)length;
        return true;
    }

    private bool Skip(int bytes)
    {
        if (bytes > _end - _next)
        {
            return Fail(OtlpFault.Truncated, FieldStart);
        }

        _next += bytes;
        return true;
    }

    private bool SkipGroup(int number)
    {
        Span<int> open = stackalloc int[MaxGroupDepth];
        open[0] = number;
        var (start, value) = (FieldStart, ValueStart);
        for (var depth = 1; depth > 0;)
        {
            if (_next >= _end)
            {
                return Fail(OtlpFault.Truncated, start);
            }

            var at = _next;
            if (!ReadTag(out var inner, out var type))
            {
                return false;
            }

            if (type == WireType.EndGroup)
            {
                if (inner != open[--depth])
                {
                    return Fail(OtlpFault.GroupUnbalanced, at);
                }
            }
            else if (type == WireType.StartGroup)
            {
                if (depth == MaxGroupDepth)
                {
                    return Fail(OtlpFault.GroupTooDeep, at);
                }

                open[depth++] = inner;
            }
            else if (!ReadValue(inner, type))
            {
                return false;
            }
        }

        (FieldNumber, WireType, FieldStart, ValueStart) = (number, WireType.StartGroup, start, value);
        return true;
    }

    private bool ReadVarint(out ulong value)
    {
        var at = _next;
        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_next >= _end)
            {
                return Fail(OtlpFault.Truncated, at);
            }

            var next = _request[_next++];
            if (shift == 63 && next > 1)
            {
                return Fail(OtlpFault.VarintTooLong, at);
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return Fail(OtlpFault.VarintTooLong, at);
    }

    private bool Fail(OtlpFault fault, int offset)
    {
        Error = new OtlpError(fault, offset);
        _next = _end;
        return false;
    }
}
