using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Checking;

/// <summary>
/// Cuts records out of a request in place. What is written never overtakes what is read: a message that lost a part has a length that is not longer
/// than before, and so has each message around it.
/// </summary>
internal ref struct RecordCut(OtlpSignal signal, Span<byte> request, int limit)
{
    private readonly Span<byte> _request = request;
    private int _written;

    public int Run()
    {
        var fields = new WireReader(_request);
        while (fields.MoveNext())
        {
            if (!fields.IsMessage(OtlpFields.RequestResources))
            {
                Keep(fields);
                continue;
            }

            var limitOfScopes = RecordSize.LeftInResource(limit, fields);
            var left = MeasureResource(fields, limitOfScopes, out var lost);
            if (lost == 0)
            {
                Keep(fields);
            }
            else if (left > 0)
            {
                WriteResource(fields, left, limitOfScopes);
            }
        }

        return _written;
    }

    private void WriteResource(in WireReader resource, int length, int limitOfScopes)
    {
        WritePrefix(OtlpFields.RequestResources, length);
        var fields = resource.Enter();
        while (fields.MoveNext())
        {
            if (!fields.IsMessage(OtlpFields.ResourceRecordScopes))
            {
                Keep(fields);
                continue;
            }

            var limitOfItems = RecordSize.LeftInScope(limitOfScopes, fields);
            var left = MeasureScope(fields, limitOfItems, out var lost);
            if (lost == 0)
            {
                Keep(fields);
            }
            else if (left > 0)
            {
                WriteScope(fields, left, limitOfItems);
            }
        }
    }

    private void WriteScope(in WireReader scope, int length, int limitOfItems)
    {
        WritePrefix(OtlpFields.ResourceRecordScopes, length);
        var fields = scope.Enter();
        while (fields.MoveNext())
        {
            if (IsKept(fields, limitOfItems))
            {
                Keep(fields);
            }
        }
    }

    // Bytes that are left of a resource's value; 0 when all its records are lost.
    private readonly int MeasureResource(in WireReader resource, int limitOfScopes, out int lost)
    {
        (lost, var kept, var left) = (0, 0, 0);
        var fields = resource.Enter();
        while (fields.MoveNext())
        {
            if (!fields.IsMessage(OtlpFields.ResourceRecordScopes))
            {
                left += fields.FieldLength;
                continue;
            }

            var length = MeasureScope(fields, RecordSize.LeftInScope(limitOfScopes, fields), out var lostInScope);
            lost += lostInScope;
            if (lostInScope == 0)
            {
                left += fields.FieldLength;
                kept++;
            }
            else if (length > 0)
            {
                left += (int)WireWriter.FieldSize(length);
                kept++;
            }
        }

        return kept > 0 ? left : 0;
    }

    // Bytes that are left of a scope's value; 0 when all its records are lost.
    private readonly int MeasureScope(in WireReader scope, int limitOfItems, out int lost)
    {
        (lost, var kept, var left) = (0, 0, 0);
        var fields = scope.Enter();
        while (fields.MoveNext())
        {
            if (!IsKept(fields, limitOfItems))
            {
                lost++;
                continue;
            }

            kept += fields.IsMessage(OtlpFields.ScopeItems) ? 1 : 0;
            left += fields.FieldLength;
        }

        return kept > 0 ? left : 0;
    }

    private readonly bool IsKept(in WireReader field, int limitOfItems) =>
        !field.IsMessage(OtlpFields.ScopeItems) || RecordJudge.Judge(signal, field, limitOfItems, out _) == RecordFault.None;

    private void Keep(in WireReader field)
    {
        _request[field.FieldStart..field.FieldEnd].CopyTo(_request[_written..]);
        _written += field.FieldLength;
    }

    private void WritePrefix(int fieldNumber, int length) =>
        _written += WireWriter.WritePrefix(_request[_written..], fieldNumber, length);
}
