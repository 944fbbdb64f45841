using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.Otlp.Tests.Support;

/// <summary>Plain requests as an SDK sends them.</summary>
internal static class Requests
{
    public static KeyValue Attribute(string key, AnyValue? value) => new() { Key = key, Value = value };

    public static AnyValue Text(string text) => new() { StringValue = text };

    public static ResourceSpans Record(string service, int spans, int scopes = 1) =>
        Record([Attribute("service.name", Text(service))], spans, scopes);

    public static ResourceSpans Record(IEnumerable<KeyValue> attributes, int spans, int scopes = 1)
    {
        var record = new ResourceSpans { Resource = new Resource { Attributes = { attributes } } };
        for (var scope = 0; scope < scopes; scope++)
        {
            record.ScopeSpans.Add(new ScopeSpans
            {
                Scope = new InstrumentationScope { Name = $"scope-{scope}" },
                Spans = { Enumerable.Range(0, spans).Select(number => new Span { Name = $"span {scope}/{number}" }) },
            });
        }

        return record;
    }

    public static byte[] Traces(params ResourceSpans[] records) =>
        new ExportTraceServiceRequest { ResourceSpans = { records } }.ToByteArray();
}
