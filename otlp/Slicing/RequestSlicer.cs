using System.Text;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Slicing;

/// <summary>
/// Cuts an Export request by the routing attribute of its resources, without decoding or copying it. Thread-safe.
/// A request of one service, the usual one, is a single slice.
/// </summary>
/// <param name="routingAttribute">Key of the resource attribute, such as <c>service.name</c>.</param>
/// <param name="maxSlices">
/// Most slices of one request. A request of many tiny records would otherwise take many times its own size in
/// bookkeeping; one above the limit is an error.
/// </param>
public sealed class RequestSlicer(string routingAttribute, int maxSlices = RequestSlicer.DefaultMaxSlices)
{
    /// <summary>The default for the most slices of one request.</summary>
    public const int DefaultMaxSlices = 65_536;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(routingAttribute);

    /// <summary>Key of the resource attribute that decides.</summary>
    public string RoutingAttribute { get; } = routingAttribute;

    /// <summary>
    /// Fills <paramref name="slices"/> (cleared first) in the order of the request. Records without items start
    /// no slice, as OTLP allows. Allocates only when the list has to grow.
    /// </summary>
    public SliceResult Slice(OtlpSignal signal, ReadOnlySpan<byte> request, List<RequestSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        slices.Clear();
        var (items, records) = (0, 0);
        var scanner = new ResourceScanner(signal, request, _key);
        while (scanner.MoveNext())
        {
            records++;
            items += scanner.Current.Items;
            if (!TryExtendLast(slices, scanner.Current, request) && scanner.Current.Items > 0)
            {
                if (slices.Count == maxSlices)
                {
                    return new SliceResult(new OtlpError(OtlpFault.TooManyResources, scanner.Current.Offset), 0, 0);
                }

                var record = scanner.Current;
                slices.Add(new RequestSlice(record.Offset, record.Length, record.Items, record.Route));
            }
        }

        return scanner.Error.IsError ? new SliceResult(scanner.Error, 0, 0) : new SliceResult(default, items, records);
    }

    private static bool TryExtendLast(List<RequestSlice> slices, in ResourceRecord record, ReadOnlySpan<byte> request)
    {
        if (slices.Count == 0)
        {
            return false;
        }

        var last = slices[^1];
        if (last.Offset + last.Length != record.Offset || !last.Route.RoutesLike(record.Route, request))
        {
            return false;
        }

        slices[^1] = last with { Length = last.Length + record.Length, Items = last.Items + record.Items };
        return true;
    }
}
