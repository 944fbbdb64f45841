namespace SentryOtel.Otlp;

/// <summary>The OTLP signals that have an Export request (OTLP 1.11).</summary>
public enum OtlpSignal
{
    /// <summary>Spans: <c>ExportTraceServiceRequest</c>.</summary>
    Traces,

    /// <summary>Log records: <c>ExportLogsServiceRequest</c>.</summary>
    Logs,

    /// <summary>Metric data points: <c>ExportMetricsServiceRequest</c>.</summary>
    Metrics,
}
