using System.IO.Compression;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.SentryServer.Tests.Support;

/// <summary>Bodies to send.</summary>
internal static class Otlp
{
    public static readonly byte[] TraceId = Convert.FromHexString("5b8efff798038103d269b633813fc60c");
    public static readonly byte[] SpanId = Convert.FromHexString("eee19b7ec3c1b174");

    public static byte[] Traces(string service, params string[] names) => Traces(service, [.. names.Select(name => Span(name))]);

    public static byte[] Traces(string service, params Span[] spans)
    {
        var scope = new ScopeSpans();
        scope.Spans.AddRange(spans);
        var request = new ExportTraceServiceRequest();
        request.ResourceSpans.Add(new ResourceSpans { Resource = Resource(service), ScopeSpans = { scope } });
        return request.ToByteArray();
    }

    public static byte[] Logs(string service, params string[] bodies)
    {
        var scope = new ScopeLogs();
        scope.LogRecords.AddRange(bodies.Select(body => new LogRecord { Body = new AnyValue { StringValue = body }, TimeUnixNano = 1, SeverityNumber = SeverityNumber.Warn, TraceId = ByteString.CopyFrom(TraceId) }));
        var request = new ExportLogsServiceRequest();
        request.ResourceLogs.Add(new ResourceLogs { Resource = Resource(service), ScopeLogs = { scope } });
        return request.ToByteArray();
    }

    public static Span Span(string name, byte[]? traceId = null, byte[]? spanId = null) =>
        new() { Name = name, TraceId = ByteString.CopyFrom(traceId ?? TraceId), SpanId = ByteString.CopyFrom(spanId ?? SpanId) };

    public static byte[] Compress(string encoding, byte[] body)
    {
        using var bytes = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            stream.Write(body);
        }

        return bytes.ToArray();
    }

    private static Resource Resource(string service) => new()
    {
        Attributes = { new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = service } }, new KeyValue { Key = "host.cpus", Value = new AnyValue { IntValue = 4 } } },
    };
}
