namespace SentryOtel.Otlp.Slicing;

/// <summary>The routing attribute's value as found in a request: a place in its bytes, not yet a string.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Offset">Where the text starts in the request; 0 unless <see cref="RoutingValueKind.Text"/>.</param>
/// <param name="Length">Bytes of the text; 0 unless <see cref="RoutingValueKind.Text"/>.</param>
/// <param name="Number">The integer, or 1 for a true bool.</param>
public readonly record struct RoutingValue(RoutingValueKind Kind, int Offset = 0, int Length = 0, long Number = 0)
{
    /// <summary>The text's bytes in <paramref name="request"/>, the request this value was found in.</summary>
    public ReadOnlySpan<byte> TextIn(ReadOnlySpan<byte> request) => request.Slice(Offset, Length);

    /// <summary>Whether both values, found in the same <paramref name="request"/>, route alike.</summary>
    public bool RoutesLike(RoutingValue other, ReadOnlySpan<byte> request) =>
        Kind == other.Kind && Number == other.Number && TextIn(request).SequenceEqual(other.TextIn(request));
}
