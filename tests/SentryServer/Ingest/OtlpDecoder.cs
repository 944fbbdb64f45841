using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>Reads a body for recording. Whatever is wrong with it, the sender was told success.</summary>
internal static class OtlpDecoder
{
    private const string ServiceName = "service.name";

    public static DecodedExport Decode(AcceptedExport export, Arrival arrival)
    {
        var decoded = export.Signal == Signal.Traces
            ? OtlpBodies.TryParse(ExportTraceServiceRequest.Parser, export.Format, export.Body) is { } traces ? Spans(traces, arrival) : null
            : OtlpBodies.TryParse(ExportLogsServiceRequest.Parser, export.Format, export.Body) is { } logs ? Logs(logs, arrival) : null;

        // Looking for the other signal costs a second parse: only where this one found nothing that it could have meant.
        if (decoded is not { IsPlausible: true } && WrongSignal.CountItems(export) is var misdirected and > 0)
        {
            return DecodedExport.Lost("wrong_signal", misdirected);
        }

        return decoded ?? DecodedExport.Lost(export.Format == OtlpFormat.Json ? "invalid_json" : "invalid_protobuf", 1);
    }

    private static DecodedExport Spans(ExportTraceServiceRequest request, Arrival arrival)
    {
        var spans = new List<ReceivedSpan>();
        var losses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var resource in request.ResourceSpans)
        {
            var attributes = Attributes.Read(resource.Resource);
            foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                if (Problem(span) is { } reason)
                {
                    losses[reason] = losses.GetValueOrDefault(reason) + 1;
                    continue;
                }

                spans.Add(new ReceivedSpan
                {
                    Arrival = arrival,
                    TraceId = Hex(span.TraceId),
                    SpanId = Hex(span.SpanId),
                    ParentSpanId = Hex(span.ParentSpanId),
                    Name = span.Name,
                    ServiceName = attributes.GetValueOrDefault(ServiceName),
                    ResourceAttributes = attributes,
                    Attributes = Attributes.Read(span.Attributes),
                    Events = span.Events.Count,
                });
            }
        }

        return new DecodedExport(spans, [], losses) { IsPlausible = spans.Count > 0 };
    }

    private static DecodedExport Logs(ExportLogsServiceRequest request, Arrival arrival)
    {
        var logs = new List<ReceivedLog>();
        var isTimed = false;
        foreach (var resource in request.ResourceLogs)
        {
            var attributes = Attributes.Read(resource.Resource);
            var records = resource.ScopeLogs.SelectMany(scope => scope.LogRecords).ToList();
            isTimed |= records.Exists(WrongSignal.IsTimed);
            logs.AddRange(records.Select(log => new ReceivedLog
            {
                Arrival = arrival,
                Body = Attributes.Text(log.Body),
                Severity = Severity(log),
                TraceId = Hex(log.TraceId),
                SpanId = Hex(log.SpanId),
                ServiceName = attributes.GetValueOrDefault(ServiceName),
                ResourceAttributes = attributes,
                Attributes = Attributes.Read(log.Attributes),
            }));
        }

        return new DecodedExport([], logs, new Dictionary<string, int>()) { IsPlausible = isTimed };
    }

    private static string? Problem(Span span) => !IsId(span.TraceId, 16) ? "invalid_trace_id" : !IsId(span.SpanId, 8) ? "invalid_span_id" : null;

    private static bool IsId(ByteString id, int length) => id.Length == length && id.Any(digit => digit != 0);

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    private static string Severity(LogRecord log) => (int)log.SeverityNumber switch
    {
        >= 1 and <= 4 => "trace",
        >= 5 and <= 8 => "debug",
        >= 9 and <= 12 => "info",
        >= 13 and <= 16 => "warn",
        >= 17 and <= 20 => "error",
        >= 21 and <= 24 => "fatal",
        _ => log.SeverityText,
    };
}
