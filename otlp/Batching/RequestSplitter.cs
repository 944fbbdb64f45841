using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Batching;

/// <summary>
/// Cuts a traces or logs request that is too large into several: between resource records where possible, else
/// between the scopes of a record, else between a scope's items, repeating the headers above the cut.
/// </summary>
/// <remarks>
/// Every item is in exactly one part, in the order of the request, and keeps its bytes. An item that exceeds the
/// limits by itself goes alone. Records and scopes without items are left out of a record that is cut. Fields that
/// OTLP 1.11 does not know are kept; those in a header are repeated with it.
/// </remarks>
public static class RequestSplitter
{
    /// <summary>Adds the parts of <paramref name="request"/> to <paramref name="parts"/>; a request within the limits is its own only part.</summary>
    /// <param name="signal">Traces or logs.</param>
    /// <param name="request">The whole encoded message; the parts point into it.</param>
    /// <param name="limits">How large the parts may be. All limits are at least 1.</param>
    /// <param name="parts">Receives the parts; nothing is added when the request is in error.</param>
    public static OtlpError Split(
        OtlpSignal signal, ReadOnlyMemory<byte> request, SplitLimits limits, ICollection<ExportPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Check(signal, limits);
        var error = CountItems(signal, request.Span, out var items);
        if (error.IsError)
        {
            return error;
        }

        if (request.Length <= limits.MaxBytes && items <= limits.MaxItems)
        {
            parts.Add(new ExportPart([request], items));
        }
        else
        {
            new SplitRun(signal, request, limits, fill: false, parts).Run();
        }

        return OtlpError.None;
    }

    /// <summary>
    /// Cuts <paramref name="request"/> into two parts with half of the items each. Done again and again on the half
    /// that is refused, it finds the item that a destination does not take.
    /// </summary>
    /// <param name="signal">Traces or logs.</param>
    /// <param name="request">The whole encoded message; the parts point into it.</param>
    /// <param name="first">The first half, the larger by one when the number is odd.</param>
    /// <param name="second">The second half; null when the request has fewer than two items and can not be cut.</param>
    public static OtlpError Halve(
        OtlpSignal signal, ReadOnlyMemory<byte> request, out ExportPart first, out ExportPart? second)
    {
        Check(signal, new SplitLimits());
        var error = CountItems(signal, request.Span, out var items);
        first = new ExportPart([request], error.IsError ? 0 : items);
        second = null;
        if (error.IsError || items < 2)
        {
            return error;
        }

        var halves = new List<ExportPart>(2);
        var limits = new SplitLimits(MaxItems: (items + 1) / 2, MaxHeaderBytes: long.MaxValue);
        new SplitRun(signal, request, limits, fill: true, halves).Run();
        (first, second) = (halves[0], halves[1]);
        return OtlpError.None;
    }

    private static void Check(OtlpSignal signal, SplitLimits limits)
    {
        if (signal == OtlpSignal.Metrics)
        {
            throw new ArgumentOutOfRangeException(nameof(signal), signal, "Only traces and logs can be split.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxBytes, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxItems, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxParts, 1, nameof(limits));
    }

    private static OtlpError CountItems(OtlpSignal signal, ReadOnlySpan<byte> request, out int items)
    {
        items = 0;
        var scanner = new ResourceScanner(signal, request, default);
        while (scanner.MoveNext())
        {
            items += scanner.Current.Items;
        }

        return scanner.Error;
    }
}
