using System.Diagnostics.Metrics;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>Which meters an exposition shows, and how much it may remember.</summary>
public sealed class MetricsExpositionOptions
{
    /// <summary>Chooses meters by name or scope; default: every meter of the process.</summary>
    public Func<Meter, bool> Includes { get; init; } = static _ => true;

    /// <summary>
    /// Series kept per instrument. What would be more is gathered in one series labelled otel_metric_overflow="true"
    /// (OpenTelemetry's cardinality limit), so that sums stay right and memory stays bounded. Default 2000.
    /// </summary>
    public int MaxSeriesPerInstrument { get; init; } = 2000;
}
