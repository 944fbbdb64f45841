using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Checking;

/// <summary>
/// Judges one span or log record by what Relay does with it: a span with an invalid id, parent id or link is discarded after the 200; a log record keeps
/// its place whatever its ids are, Relay gives it others. Walks the record's own fields, none below them but a link's.
/// </summary>
internal static class RecordJudge
{
    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;

    public static RecordFault Judge(OtlpSignal signal, in WireReader record, RecordLimits limits, out OtlpError error)
    {
        var fields = record.Enter();
        if (signal == OtlpSignal.Logs)
        {
            while (fields.MoveNext())
            {
            }

            error = fields.Error;
            return record.ValueLength > limits.MaxLogRecordBytes ? RecordFault.TooLarge : RecordFault.None;
        }

        var valid = HasValidIds(ref fields, out error);
        return record.ValueLength > limits.MaxSpanBytes ? RecordFault.TooLarge : valid ? RecordFault.None : RecordFault.InvalidId;
    }

    // A field that comes again replaces the one before, by the rules of protobuf; one of another wire type is another field.
    private static bool HasValidIds(ref WireReader span, out OtlpError error)
    {
        var (hasTrace, hasSpan, parentIsValid, linksAreValid) = (false, false, true, true);
        while (span.MoveNext())
        {
            if (span.WireType != WireType.LengthDelimited)
            {
                continue;
            }

            switch (span.FieldNumber)
            {
                case OtlpFields.SpanTraceId:
                    hasTrace = span.ValueLength == TraceIdBytes && span.Value.ContainsAnyExcept((byte)0);
                    break;
                case OtlpFields.SpanSpanId:
                    hasSpan = IsSpanId(span.Value);
                    break;
                case OtlpFields.SpanParentSpanId:
                    parentIsValid = span.ValueLength == 0 || IsSpanId(span.Value);
                    break;
                case OtlpFields.SpanLinks:
                    linksAreValid &= IsValidLink(span.Enter(), out error);
                    if (error.IsError)
                    {
                        return false;
                    }

                    break;
                default:
                    break;
            }
        }

        error = span.Error;
        return hasTrace && hasSpan && parentIsValid && linksAreValid;
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

    private static bool IsSpanId(ReadOnlySpan<byte> id) => id.Length == SpanIdBytes && id.ContainsAnyExcept((byte)0);
}
