using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Slicing;

/// <summary>Counts what OTLP counts: spans, log records, metric data points.</summary>
internal static class ItemCount
{
    /// <summary>Adds the items of one ScopeSpans, ScopeLogs or ScopeMetrics.</summary>
    public static OtlpError AddScope(OtlpSignal signal, WireReader scope, ref int items)
    {
        while (scope.MoveNext())
        {
            if (!scope.IsMessage(OtlpFields.ScopeItems))
            {
                continue;
            }

            if (signal != OtlpSignal.Metrics)
            {
                items++;
                continue;
            }

            var error = AddMetric(scope.Enter(), ref items);
            if (error.IsError)
            {
                return error;
            }
        }

        return scope.Error;
    }

    // The kinds of a metric are one oneof: another kind replaces the points seen so far, the same kind adds to them.
    private static OtlpError AddMetric(WireReader metric, ref int items)
    {
        var (kind, points) = (0, 0);
        while (metric.MoveNext())
        {
            if (metric.WireType != WireType.LengthDelimited || !IsData(metric.FieldNumber))
            {
                continue;
            }

            if (kind != metric.FieldNumber)
            {
                (kind, points) = (metric.FieldNumber, 0);
            }

            var data = metric.Enter();
            while (data.MoveNext())
            {
                points += data.IsMessage(OtlpFields.MetricDataPoints) ? 1 : 0;
            }

            if (data.Error.IsError)
            {
                return data.Error;
            }
        }

        items += points;
        return metric.Error;
    }

    private static bool IsData(int field) => field
        is OtlpFields.MetricGauge
        or OtlpFields.MetricSum
        or OtlpFields.MetricHistogram
        or OtlpFields.MetricExponentialHistogram
        or OtlpFields.MetricSummary;
}
