using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Checking;

/// <summary>
/// The size that a record will have at Sentry. Relay makes each record one that stands alone: it copies the attributes of the resource, and the scope, into
/// it, and leaves the events of a span away. Then it measures a form of its own, in which text, most of any record that is too large, has the same length.
/// </summary>
/// <remarks>
/// Nothing of this is looked at in a resource that as a whole is smaller than the limit, since a record and what is copied into it lie inside it: the
/// usual request costs one comparison per resource and one per scope.
/// </remarks>
internal static class RecordSize
{
    /// <summary>What <paramref name="limit"/> leaves for a record and its scope, in this ResourceSpans or ResourceLogs; less than nothing when the attributes alone are too many.</summary>
    public static int LeftInResource(int limit, in WireReader resource)
    {
        if (resource.ValueLength <= limit)
        {
            return limit;
        }

        var left = limit;
        var fields = resource.Enter();
        while (fields.MoveNext())
        {
            left -= fields.IsMessage(OtlpFields.ResourceRecordResource) ? LengthOf(fields.Enter(), OtlpFields.ResourceAttributes) : 0;
        }

        return left;
    }

    /// <summary>What <paramref name="limit"/> leaves for a record in this ScopeSpans or ScopeLogs.</summary>
    public static int LeftInScope(int limit, in WireReader scope) =>
        scope.ValueLength <= limit ? limit : limit - LengthOf(scope.Enter(), OtlpFields.ScopeScope);

    /// <summary>Whether a record is above <paramref name="limit"/>, what is copied into it being off it already.</summary>
    public static bool IsAbove(int limit, OtlpSignal signal, in WireReader record) =>
        record.ValueLength > limit
        && (signal == OtlpSignal.Logs || record.ValueLength - LengthOf(record.Enter(), OtlpFields.SpanEvents) > limit);

    private static int LengthOf(WireReader fields, int number)
    {
        var length = 0;
        while (fields.MoveNext())
        {
            length += fields.IsMessage(number) ? fields.FieldLength : 0;
        }

        return length;
    }
}
