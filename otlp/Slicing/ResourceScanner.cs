using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Slicing;

/// <summary>
/// Walks the resource records of an Export request: where each lies, how many items it holds, where it routes to.
/// Looks at envelopes and resources only, never inside a span or log record; allocates nothing.
/// </summary>
/// <remarks>Fields of the request that OTLP 1.11 does not know are passed over and belong to no record.</remarks>
public ref struct ResourceScanner
{
    private readonly OtlpSignal _signal;
    private readonly ReadOnlySpan<byte> _routingKey;
    private WireReader _request;

    /// <summary>Starts a walk of <paramref name="request"/>.</summary>
    /// <param name="signal">Which Export request it is.</param>
    /// <param name="request">The whole encoded message.</param>
    /// <param name="routingKey">UTF-8 key of the resource attribute to route by, such as <c>service.name</c>.</param>
    public ResourceScanner(OtlpSignal signal, ReadOnlySpan<byte> request, ReadOnlySpan<byte> routingKey)
    {
        _signal = signal;
        _routingKey = routingKey;
        _request = new WireReader(request);
    }

    /// <summary>The record that <see cref="MoveNext"/> found.</summary>
    public ResourceRecord Current { get; private set; }

    /// <summary>What stopped the walk; <see cref="OtlpError.None"/> when the whole request was walked.</summary>
    public OtlpError Error { get; private set; }

    /// <summary>Goes to the next record. False at the end of the request and at the first error.</summary>
    public bool MoveNext()
    {
        while (!Error.IsError && _request.MoveNext())
        {
            if (_request.IsMessage(OtlpFields.RequestResources))
            {
                Error = ReadRecord(_request.Enter(), out var items, out var route);
                Current = new ResourceRecord(_request.FieldStart, _request.FieldLength, items, route);
                return !Error.IsError;
            }
        }

        Error = Error.IsError ? Error : _request.Error;
        return false;
    }

    // The resource may follow the scopes and may come in several pieces: the route is known only at the record's end.
    private readonly OtlpError ReadRecord(WireReader record, out int items, out RoutingValue route)
    {
        items = 0;
        RoutingValue? found = null;
        var error = OtlpError.None;
        while (!error.IsError && record.MoveNext())
        {
            if (record.IsMessage(OtlpFields.ResourceRecordResource))
            {
                error = RoutingAttribute.Find(record.Enter(), _routingKey, ref found);
            }
            else if (record.IsMessage(OtlpFields.ResourceRecordScopes))
            {
                error = ItemCount.AddScope(_signal, record.Enter(), ref items);
            }
        }

        route = found ?? default;
        return error.IsError ? error : record.Error;
    }
}
