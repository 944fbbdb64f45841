using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Slicing;

/// <summary>What <see cref="RequestSlicer.Slice"/> found.</summary>
/// <param name="Error">Why the request can not be used; nothing of it may then be routed.</param>
/// <param name="Items">Spans, log records or data points in the whole request.</param>
/// <param name="Records">Resource records in the whole request, empty ones included.</param>
public readonly record struct SliceResult(OtlpError Error, int Items, int Records);
