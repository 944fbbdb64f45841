namespace SentryOtel.Otlp.Wire;

/// <summary>Field numbers of OTLP 1.11 that this library looks at. The three signals share the envelope's numbers.</summary>
internal static class OtlpFields
{
    /// <summary>Export*ServiceRequest: repeated ResourceSpans, ResourceLogs, ResourceMetrics.</summary>
    public const int RequestResources = 1;

    /// <summary>ResourceSpans, ResourceLogs, ResourceMetrics: the resource.</summary>
    public const int ResourceRecordResource = 1;

    /// <summary>ResourceSpans, ResourceLogs, ResourceMetrics: repeated scopes.</summary>
    public const int ResourceRecordScopes = 2;

    /// <summary>ScopeSpans, ScopeLogs, ScopeMetrics: the scope.</summary>
    public const int ScopeScope = 1;

    /// <summary>ScopeSpans, ScopeLogs, ScopeMetrics: repeated spans, log records, metrics.</summary>
    public const int ScopeItems = 2;

    public const int SpanTraceId = 1;

    public const int SpanSpanId = 2;

    public const int SpanParentSpanId = 4;

    /// <summary>Span: nanoseconds since 1970, fixed64.</summary>
    public const int SpanStartTime = 7;

    public const int SpanEndTime = 8;

    /// <summary>Span: repeated Event.</summary>
    public const int SpanEvents = 11;

    /// <summary>Span: repeated Link.</summary>
    public const int SpanLinks = 13;

    public const int LinkTraceId = 1;

    public const int LinkSpanId = 2;

    /// <summary>Resource: repeated KeyValue.</summary>
    public const int ResourceAttributes = 1;

    public const int KeyValueKey = 1;

    public const int KeyValueValue = 2;

    public const int AnyValueString = 1;

    public const int AnyValueBool = 2;

    public const int AnyValueInt = 3;

    public const int AnyValueDouble = 4;

    public const int AnyValueArray = 5;

    public const int AnyValueKvlist = 6;

    public const int AnyValueBytes = 7;

    public const int AnyValueStringIndex = 8;

    public const int MetricGauge = 5;

    public const int MetricSum = 7;

    public const int MetricHistogram = 9;

    public const int MetricExponentialHistogram = 10;

    public const int MetricSummary = 11;

    /// <summary>Gauge, Sum, Histogram, ExponentialHistogram, Summary: repeated data points.</summary>
    public const int MetricDataPoints = 1;
}
