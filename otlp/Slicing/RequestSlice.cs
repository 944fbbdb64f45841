namespace SentryOtel.Otlp.Slicing;

/// <summary>Neighbouring resource records of a request that route alike: on their own a valid Export request.</summary>
/// <param name="Offset">Where the first record starts in the request.</param>
/// <param name="Length">Bytes of all its records.</param>
/// <param name="Items">Spans, log records or data points in it; never 0.</param>
/// <param name="Route">The value all its records have for the routing attribute.</param>
public readonly record struct RequestSlice(int Offset, int Length, int Items, RoutingValue Route)
{
    /// <summary>The slice's bytes in <paramref name="request"/>, the request it was cut from.</summary>
    public ReadOnlyMemory<byte> In(ReadOnlyMemory<byte> request) => request.Slice(Offset, Length);
}
