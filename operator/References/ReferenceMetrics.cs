using System.Diagnostics.Metrics;

namespace SentryOtel.Operator.References;

/// <summary>What following Secrets and ConfigMaps counts.</summary>
internal static class ReferenceMetrics
{
    private static readonly Meter Meter = new("SentryOtel.Operator.References");

    private static readonly Gauge<int> Objects = Meter.CreateGauge<int>(
        "sentry_otel_operator_referenced_objects", null, "Secrets and ConfigMaps that exporters and routes refer to: state = watched, or polled where there are too many.");

    private static readonly Counter<long> Changes = Meter.CreateCounter<long>(
        "sentry_otel_operator_reference_changes_total", null, "Exporters and routes that were woken because a Secret or ConfigMap they refer to changed.");

    public static void Hold(int watched, int polled)
    {
        Objects.Record(watched, new KeyValuePair<string, object?>("state", "watched"));
        Objects.Record(polled, new KeyValuePair<string, object?>("state", "polled"));
    }

    public static void Change() => Changes.Add(1);
}
