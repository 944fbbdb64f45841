using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Batching;

/// <summary>One split of one request that has been scanned and found well formed.</summary>
/// <param name="signal">Traces or logs.</param>
/// <param name="request">The request.</param>
/// <param name="limits">The parts' limits.</param>
/// <param name="fill">Whether to cut a record to fill a part, rather than start the next part with it.</param>
/// <param name="parts">Receives the parts.</param>
internal sealed class SplitRun(
    OtlpSignal signal, ReadOnlyMemory<byte> request, SplitLimits limits, bool fill, ICollection<ExportPart> parts)
{
    private readonly PartAssembler _part = new(request);
    private int _emitted;
    private long _repeatedHeaders;
    private bool _budgetSpent;

    public void Run()
    {
        var fields = new WireReader(request.Span);
        while (fields.MoveNext())
        {
            if (fields.IsMessage(OtlpFields.RequestResources))
            {
                AddRecord(fields);
            }
            else
            {
                MakeRoom(fields.FieldLength, 0, repeated: 0);
                _part.AddWhole(fields.FieldStart, fields.FieldEnd, 0);
            }
        }

        if (_part.HasContent)
        {
            parts.Add(_part.NextPart());
        }
    }

    private void AddRecord(in WireReader record)
    {
        var items = CountRecord(record.Enter());
        if (Fits(record.FieldLength, items) || (!fill && FitsAlone(record.FieldLength, items)))
        {
            MakeRoom(record.FieldLength, items, repeated: 0);
            _part.AddWhole(record.FieldStart, record.FieldEnd, items);
        }
        else if (items > 0)
        {
            SplitRecord(record);
        }
    }

    private void SplitRecord(in WireReader record)
    {
        var header = Header(record.Enter(), OtlpFields.ResourceRecordScopes);
        _part.OpenRecord(header);
        var scopes = record.Enter();
        while (scopes.MoveNext())
        {
            if (!scopes.IsMessage(OtlpFields.ResourceRecordScopes))
            {
                continue;
            }

            var items = 0;
            ItemCount.AddScope(signal, scopes.Enter(), ref items);
            var alone = WireWriter.MaxPrefixBytes + (long)header.Length + scopes.FieldLength;
            if (Fits(scopes.FieldLength, items) || (!fill && FitsAlone(alone, items)))
            {
                MakeRoom(scopes.FieldLength, items, header.Length);
                _part.AddScope(scopes.FieldStart, scopes.FieldEnd, items);
            }
            else if (items > 0)
            {
                SplitScope(scopes, header.Length);
            }
        }

        _part.CloseRecord();
    }

    private void SplitScope(in WireReader scope, int recordHeader)
    {
        var header = Header(scope.Enter(), OtlpFields.ScopeItems);
        _part.OpenScope(header);
        var items = scope.Enter();
        while (items.MoveNext())
        {
            if (items.IsMessage(OtlpFields.ScopeItems))
            {
                MakeRoom(items.FieldLength, 1, (long)recordHeader + header.Length);
                _part.AddItem(items.FieldStart, items.FieldEnd);
            }
        }

        _part.CloseScope();
    }

    private bool Fits(long bytes, int items) =>
        _budgetSpent || (_part.Size + bytes <= limits.MaxBytes && (long)_part.Items + items <= limits.MaxItems);

    private bool FitsAlone(long bytes, int items) => bytes <= limits.MaxBytes && items <= limits.MaxItems;

    // Starts the next part when this one has no room, unless the budget for parts or repeated headers is spent.
    private void MakeRoom(long bytes, int items, long repeated)
    {
        if (Fits(bytes, items) || !_part.HasContent)
        {
            return;
        }

        if (_emitted + 1 >= limits.MaxParts || _repeatedHeaders + repeated > limits.MaxHeaderBytes)
        {
            _budgetSpent = true;
            return;
        }

        _emitted++;
        _repeatedHeaders += repeated;
        parts.Add(_part.NextPart());
    }

    private int CountRecord(WireReader record)
    {
        var items = 0;
        while (record.MoveNext())
        {
            if (record.IsMessage(OtlpFields.ResourceRecordScopes))
            {
                ItemCount.AddScope(signal, record.Enter(), ref items);
            }
        }

        return items;
    }

    private static ByteRanges Header(WireReader message, int repeatedField)
    {
        var header = new ByteRanges();
        while (message.MoveNext())
        {
            if (!message.IsMessage(repeatedField))
            {
                header.Add(message.FieldStart, message.FieldEnd);
            }
        }

        return header;
    }
}
