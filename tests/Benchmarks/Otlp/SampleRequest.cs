using System.Globalization;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>Trace requests shaped like an HTTP service's: spans of about half a kilobyte with ten attributes.</summary>
internal static class SampleRequest
{
    public static byte[] Traces(int resources, int spans)
    {
        var random = new Random(20_261_122);
        var request = new ExportTraceServiceRequest();
        for (var resource = 0; resource < resources; resource++)
        {
            var scope = new ScopeSpans { Scope = new InstrumentationScope { Name = "Microsoft.AspNetCore", Version = "10.0.0" } };
            for (var span = 0; span < spans; span++)
            {
                scope.Spans.Add(NewSpan(random));
            }

            request.ResourceSpans.Add(new ResourceSpans
            {
                Resource = new Resource
                {
                    Attributes =
                    {
                        Text("telemetry.sdk.language", "dotnet"),
                        Text("telemetry.sdk.version", "1.20.1"),
                        Text("k8s.pod.name", $"service-{resource}-6d5f8b7c9-x2x4z"),
                        Text("service.name", $"service-{resource}"),
                    },
                },
                ScopeSpans = { scope },
            });
        }

        return request.ToByteArray();
    }

    private static Span NewSpan(Random random)
    {
        var start = 1_767_323_045_000_000_000UL + (ulong)random.NextInt64(1_000_000_000);
        return new Span
        {
            TraceId = Bytes(random, 16),
            SpanId = Bytes(random, 8),
            ParentSpanId = Bytes(random, 8),
            Name = "GET /orders/{id}",
            Kind = Span.Types.SpanKind.Server,
            StartTimeUnixNano = start,
            EndTimeUnixNano = start + (ulong)random.NextInt64(50_000_000),
            Attributes =
            {
                Text("http.request.method", "GET"),
                Text("http.route", "/orders/{id}"),
                Text("url.path", $"/orders/{random.Next(1_000_000).ToString(CultureInfo.InvariantCulture)}"),
                Text("url.scheme", "https"),
                Text("server.address", "orders.shop.svc.cluster.local"),
                Text("client.address", $"10.1.{random.Next(256)}.{random.Next(256)}"),
                Text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
                Text("network.protocol.version", "2"),
                new KeyValue { Key = "http.response.status_code", Value = new AnyValue { IntValue = 200 } },
                new KeyValue { Key = "http.response.body.size", Value = new AnyValue { IntValue = random.Next(100_000) } },
            },
        };
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static ByteString Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
