using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.Gateway.Tests.Receiving;

internal static class SampleTelemetry
{
    public const string TraceExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    public const string LogsExport = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

    public const string MetricsExport = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    public static byte[] Traces(int spans = 1) => new ExportTraceServiceRequest
    {
        ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { Enumerable.Range(0, spans).Select(number => new Span { Name = $"span {number}" }) } } } } },
    }.ToByteArray();

    public static byte[] Metrics(int points) => new ExportMetricsServiceRequest
    {
        ResourceMetrics =
        {
            new ResourceMetrics
            {
                ScopeMetrics = { new ScopeMetrics { Metrics = { new Metric { Name = "m", Gauge = new Gauge { DataPoints = { Enumerable.Range(0, points).Select(_ => new NumberDataPoint()) } } } } } },
            },
        },
    }.ToByteArray();

    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
