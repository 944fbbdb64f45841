using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;

namespace SentryOtel.Otlp.Tests.Support;

/// <summary>What Google.Protobuf makes of a request, record by record.</summary>
/// <param name="Items">Spans, log records, data points.</param>
/// <param name="Value">The first attribute with the routing key; null when there is none.</param>
internal sealed record OracleRecord(int Items, AnyValue? Value);

internal static class Oracle
{
    public static IMessage Parse(OtlpSignal signal, byte[] request) => signal switch
    {
        OtlpSignal.Traces => ExportTraceServiceRequest.Parser.ParseFrom(request),
        OtlpSignal.Logs => ExportLogsServiceRequest.Parser.ParseFrom(request),
        _ => ExportMetricsServiceRequest.Parser.ParseFrom(request),
    };

    public static List<OracleRecord> Records(OtlpSignal signal, byte[] request) => Parse(signal, request) switch
    {
        ExportTraceServiceRequest traces =>
            [.. traces.ResourceSpans.Select(record => Record(record.Resource, record.ScopeSpans.Sum(scope => scope.Spans.Count)))],
        ExportLogsServiceRequest logs =>
            [.. logs.ResourceLogs.Select(record => Record(record.Resource, record.ScopeLogs.Sum(scope => scope.LogRecords.Count)))],
        ExportMetricsServiceRequest metrics =>
            [.. metrics.ResourceMetrics.Select(record => Record(record.Resource, record.ScopeMetrics.Sum(scope => scope.Metrics.Sum(Points))))],
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };

    /// <summary>
    /// Every span or log record with the resource and scope above it, in order: what a split may not change.
    /// </summary>
    public static List<string> Items(OtlpSignal signal, byte[] request) => Items(Parse(signal, request));

    /// <inheritdoc cref="Items(OtlpSignal, byte[])"/>
    public static List<string> Items(IMessage request)
    {
        var items = new List<string>();
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var record in traces.ResourceSpans)
                {
                    foreach (var scope in record.ScopeSpans)
                    {
                        Add(items, record.Resource, record.SchemaUrl, scope.Scope, scope.SchemaUrl, scope.Spans);
                    }
                }

                break;
            case ExportLogsServiceRequest logs:
                foreach (var record in logs.ResourceLogs)
                {
                    foreach (var scope in record.ScopeLogs)
                    {
                        Add(items, record.Resource, record.SchemaUrl, scope.Scope, scope.SchemaUrl, scope.LogRecords);
                    }
                }

                break;
        }

        return items;
    }

    private static void Add<T>(
        List<string> items, Resource? resource, string schema, InstrumentationScope? scope, string scopeSchema, RepeatedField<T> all)
        where T : IMessage<T>
    {
        foreach (var item in all)
        {
            IMessage?[] messages = [resource, scope, item];
            var parts = messages.Select(message => message is null ? "-" : Convert.ToHexString(message.ToByteArray()));
            items.Add(string.Join(' ', parts.Append(schema).Append(scopeSchema)));
        }
    }

    private static OracleRecord Record(Resource? resource, int items) =>
        new(items, resource?.Attributes.FirstOrDefault(attribute => attribute.Key == MessyRequest.RoutingKey) is { } found
            ? found.Value ?? new AnyValue()
            : null);

    private static int Points(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Count,
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Count,
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Count,
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count,
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Count,
        _ => 0,
    };
}
