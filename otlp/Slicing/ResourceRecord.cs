namespace SentryOtel.Otlp.Slicing;

/// <summary>One ResourceSpans, ResourceLogs or ResourceMetrics of a request.</summary>
/// <param name="Offset">Where its tag starts in the request.</param>
/// <param name="Length">Its bytes, tag and length prefix included: on their own a valid Export request.</param>
/// <param name="Items">Its spans, log records or data points.</param>
/// <param name="Route">Its value for the routing attribute.</param>
public readonly record struct ResourceRecord(int Offset, int Length, int Items, RoutingValue Route);
