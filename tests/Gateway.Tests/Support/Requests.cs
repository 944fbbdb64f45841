using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.Gateway.Tests.Support;

/// <summary>Export requests, written by the official messages.</summary>
internal static class Requests
{
    /// <summary>Spans by service: each named, in the order given. A null service has no service.name.</summary>
    public static byte[] Traces(params (string? Service, string[] Spans)[] services)
    {
        var request = new ExportTraceServiceRequest();
        foreach (var (service, spans) in services)
        {
            var scope = new ScopeSpans();
            scope.Spans.AddRange(spans.Select(Span));
            var resource = new ResourceSpans { Resource = ResourceOf(service) };
            resource.ScopeSpans.Add(scope);
            request.ResourceSpans.Add(resource);
        }

        return request.ToByteArray();
    }

    /// <summary>Spans of one service, with numbered names.</summary>
    public static byte[] Spans(string? service, int count, string prefix = "span") =>
        Traces((service, [.. Enumerable.Range(0, count).Select(i => $"{prefix}-{i}")]));

    public static byte[] Logs(string service, params string[] bodies)
    {
        var scope = new ScopeLogs();
        scope.LogRecords.AddRange(bodies.Select(body => new LogRecord { TimeUnixNano = 1_700_000_000_000_000_000, Body = new AnyValue { StringValue = body } }));
        var resource = new ResourceLogs { Resource = ResourceOf(service) };
        resource.ScopeLogs.Add(scope);
        var request = new ExportLogsServiceRequest();
        request.ResourceLogs.Add(resource);
        return request.ToByteArray();
    }

    /// <summary>Names of all spans in a request, in order.</summary>
    public static IReadOnlyList<string> SpanNames(byte[] request) =>
        [.. ExportTraceServiceRequest.Parser.ParseFrom(request).ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans).Select(span => span.Name)];

    private static Span Span(string name, int index) => new()
    {
        Name = name,
        TraceId = ByteString.CopyFrom([.. Enumerable.Range(1, 16).Select(i => (byte)i)]),
        SpanId = ByteString.CopyFrom(BitConverter.GetBytes((long)index + 1)),
        StartTimeUnixNano = 1_700_000_000_000_000_000,
        EndTimeUnixNano = 1_700_000_001_000_000_000,
    };

    private static Resource ResourceOf(string? service)
    {
        var resource = new Resource();
        if (service is not null)
        {
            resource.Attributes.Add(new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = service } });
        }

        return resource;
    }
}
