using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Checking;

/// <summary>
/// Judges one span or log record by what Relay does with it: a span with an invalid id, parent id or link, or one that ends before it starts, is discarded after
/// the 200; a log record keeps its place whatever its ids are, Relay gives it others. Walks the record's own fields, none below them but a link's.
/// </summary>
internal ref struct RecordJudge
{
    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;

    private const int TraceIdTag = (OtlpFields.SpanTraceId << 3) | (int)WireType.LengthDelimited;
    private const int SpanIdTag = (OtlpFields.SpanSpanId << 3) | (int)WireType.LengthDelimited;
    private const int ParentSpanIdTag = (OtlpFields.SpanParentSpanId << 3) | (int)WireType.LengthDelimited;
    private const int StartTimeTag = (OtlpFields.SpanStartTime << 3) | (int)WireType.Fixed64;
    private const int EndTimeTag = (OtlpFields.SpanEndTime << 3) | (int)WireType.Fixed64;
    private const int LinkTag = (OtlpFields.SpanLinks << 3) | (int)WireType.LengthDelimited;

    private readonly OtlpSignal _signal;
    private bool _hasTrace;
    private bool _hasSpan;
    private bool _parentIsInvalid;
    private bool _linkIsInvalid;
    private long _start;
    private long _end;

    private RecordJudge(OtlpSignal signal) => _signal = signal;

    public static RecordFault Judge(OtlpSignal signal, in WireReader record, int limit, out OtlpError error)
    {
        var judge = new RecordJudge(signal);
        error = judge.Walk(record);
        return RecordSize.IsAbove(limit, signal, record) ? RecordFault.TooLarge
            : signal == OtlpSignal.Logs ? RecordFault.None
            : !judge.HasValidIds ? RecordFault.InvalidId
            : judge._start > judge._end ? RecordFault.InvalidTime
            : RecordFault.None;
    }

    private readonly bool HasValidIds => _hasTrace && _hasSpan && !_parentIsInvalid && !_linkIsInvalid;

    // Steps over the forms that every SDK writes, a tag of one byte and a length of one or two, with nothing kept in memory between the steps: this is
    // done for every field of every record. The general reader takes over at the first other form and at links, and says what is wrong when something is.
    private OtlpError Walk(in WireReader record)
    {
        var bytes = record.Value;
        var at = 0;
        while (at < bytes.Length)
        {
            int tag = bytes[at];
            var value = at + 2;
            if (tag is < 1 << 3 or > 0x7F || value > bytes.Length)
            {
                return WalkOn(record, at);
            }

            int length = bytes[at + 1];
            switch ((WireType)(tag & 7))
            {
                case WireType.LengthDelimited:
                    if (length > 0x7F)
                    {
                        if (value == bytes.Length || bytes[value] > 0x7F)
                        {
                            return WalkOn(record, at);
                        }

                        length = (length & 0x7F) | (bytes[value++] << 7);
                    }

                    break;
                case WireType.Varint when length <= 0x7F:
                    length = 0;
                    break;
                case WireType.Fixed64:
                    (value, length) = (at + 1, sizeof(ulong));
                    break;
                case WireType.Fixed32:
                    (value, length) = (at + 1, sizeof(uint));
                    break;
                default:
                    return WalkOn(record, at);
            }

            if (length > bytes.Length - value)
            {
                return WalkOn(record, at);
            }

            switch (_signal == OtlpSignal.Traces ? tag : 0)
            {
                case TraceIdTag:
                    _hasTrace = IsTraceId(bytes.Slice(value, length));
                    break;
                case SpanIdTag:
                    _hasSpan = IsSpanId(bytes.Slice(value, length));
                    break;
                case ParentSpanIdTag:
                    _parentIsInvalid = length > 0 && !IsSpanId(bytes.Slice(value, length));
                    break;
                case StartTimeTag:
                    _start = Time(bytes[value..]);
                    break;
                case EndTimeTag:
                    _end = Time(bytes[value..]);
                    break;
                case LinkTag:
                    return WalkOn(record, at);
                default:
                    break;
            }

            at = value + length;
        }

        return OtlpError.None;
    }

    private OtlpError WalkOn(in WireReader record, int at)
    {
        var fields = record.EnterAt(at);
        while (fields.MoveNext())
        {
            var error = _signal == OtlpSignal.Traces ? Look(fields) : OtlpError.None;
            if (error.IsError)
            {
                return error;
            }
        }

        return fields.Error;
    }

    // A field that comes again replaces the one before, by the rules of protobuf; one of another wire type is another field.
    private OtlpError Look(in WireReader field)
    {
        if (field.WireType == WireType.Fixed64)
        {
            _start = field.FieldNumber == OtlpFields.SpanStartTime ? Time(field.Value) : _start;
            _end = field.FieldNumber == OtlpFields.SpanEndTime ? Time(field.Value) : _end;
        }

        if (field.WireType != WireType.LengthDelimited)
        {
            return OtlpError.None;
        }

        switch (field.FieldNumber)
        {
            case OtlpFields.SpanTraceId:
                _hasTrace = IsTraceId(field.Value);
                break;
            case OtlpFields.SpanSpanId:
                _hasSpan = IsSpanId(field.Value);
                break;
            case OtlpFields.SpanParentSpanId:
                _parentIsInvalid = field.ValueLength > 0 && !IsSpanId(field.Value);
                break;
            case OtlpFields.SpanLinks:
                _linkIsInvalid |= !IsValidLink(field.Enter(), out var error);
                return error;
            default:
                break;
        }

        return OtlpError.None;
    }

    private static bool IsValidLink(WireReader link, out OtlpError error)
    {
        var (hasTrace, hasSpan) = (false, false);
        while (link.MoveNext())
        {
            if (link.IsMessage(OtlpFields.LinkTraceId))
            {
                hasTrace = link.ValueLength == TraceIdBytes;
            }
            else if (link.IsMessage(OtlpFields.LinkSpanId))
            {
                hasSpan = IsSpanId(link.Value);
            }
        }

        error = link.Error;
        return hasTrace && hasSpan;
    }

    // As Relay reads it, which takes it for a number with a sign.
    private static long Time(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value);

    private static bool IsTraceId(ReadOnlySpan<byte> id) => id.Length == TraceIdBytes && MemoryMarshal.Read<UInt128>(id) != UInt128.Zero;

    private static bool IsSpanId(ReadOnlySpan<byte> id) => id.Length == SpanIdBytes && MemoryMarshal.Read<ulong>(id) != 0;
}
