using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Logs.V1;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>
/// Spans that came to the logs URL, or logs to the traces URL: Sentry takes and loses them. The two messages share their
/// outline, so a body is told by fields whose wire types differ: a span's ids, a record's times.
/// </summary>
internal static class WrongSignal
{
    /// <summary>How many items of the other signal the body holds; 0 when it is right.</summary>
    public static int CountItems(AcceptedExport export) => export.Signal == Signal.Logs ? Spans(export) : Logs(export);

    /// <summary>A span read as a record has no time, since its own fields of those numbers are of another wire type.</summary>
    public static bool IsTimed(LogRecord log) => log.TimeUnixNano != 0 || log.ObservedTimeUnixNano != 0;

    private static int Spans(AcceptedExport export)
    {
        var spans = OtlpBodies.TryParse(ExportTraceServiceRequest.Parser, export.Format, export.Body)?.ResourceSpans.SelectMany(r => r.ScopeSpans).SelectMany(s => s.Spans).ToList();
        return spans is { Count: > 0 } && spans.TrueForAll(span => span.TraceId.Length == 16 && span.SpanId.Length == 8) ? spans.Count : 0;
    }

    private static int Logs(AcceptedExport export)
    {
        var logs = OtlpBodies.TryParse(ExportLogsServiceRequest.Parser, export.Format, export.Body)?.ResourceLogs.SelectMany(r => r.ScopeLogs).SelectMany(s => s.LogRecords).ToList();
        return logs is { Count: > 0 } && logs.TrueForAll(IsTimed) ? logs.Count : 0;
    }
}
