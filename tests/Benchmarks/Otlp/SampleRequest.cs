using System.Globalization;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>Requests shaped like an HTTP service's: spans of about half a kilobyte with ten attributes, log records of three hundred bytes.</summary>
internal static class SampleRequest
{
    private const int Seed = 20_261_122;

    private static readonly (string Method, string Route, int Status)[] Operations =
    [
        ("GET", "/orders/{id}", 200), ("GET", "/orders", 200), ("POST", "/orders", 201), ("DELETE", "/orders/{id}", 204),
        ("GET", "/orders/{id}/items", 200), ("PUT", "/orders/{id}/address", 200), ("POST", "/orders/{id}/payment", 202), ("GET", "/health/ready", 200),
    ];

    /// <param name="resources">Services.</param>
    /// <param name="spans">Of each.</param>
    /// <param name="number">Requests of different numbers share no id.</param>
    public static byte[] Traces(int resources, int spans, int number = 0)
    {
        var random = new Random(Seed + number);
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
                Resource = NewResource(resource),
                ScopeSpans = { scope },
            });
        }

        return request.ToByteArray();
    }

    /// <inheritdoc cref="Traces"/>
    public static byte[] Logs(int resources, int records, int number = 0)
    {
        var random = new Random(Seed - 1 - number);
        var request = new ExportLogsServiceRequest();
        for (var resource = 0; resource < resources; resource++)
        {
            var scope = new ScopeLogs { Scope = new InstrumentationScope { Name = "Shop.Orders.OrderService" } };
            for (var record = 0; record < records; record++)
            {
                scope.LogRecords.Add(NewRecord(random));
            }

            request.ResourceLogs.Add(new ResourceLogs { Resource = NewResource(resource), ScopeLogs = { scope } });
        }

        return request.ToByteArray();
    }

    private static Resource NewResource(int number) => new()
    {
        Attributes =
        {
            Text("telemetry.sdk.language", "dotnet"),
            Text("telemetry.sdk.version", "1.20.1"),
            Text("k8s.pod.name", $"service-{number}-6d5f8b7c9-x2x4z"),
            Text("service.name", $"service-{number}"),
        },
    };

    private static LogRecord NewRecord(Random random)
    {
        var time = 1_767_323_045_000_000_000UL + (ulong)random.NextInt64(1_000_000_000);
        var order = random.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
        return new LogRecord
        {
            TimeUnixNano = time,
            ObservedTimeUnixNano = time + (ulong)random.NextInt64(1_000_000),
            SeverityNumber = SeverityNumber.Info,
            SeverityText = "Information",
            Body = new AnyValue { StringValue = $"Order {order} was paid in {random.Next(2000)} ms, {random.Next(1, 9)} items reserved" },
            TraceId = Bytes(random, 16),
            SpanId = Bytes(random, 8),
            Attributes =
            {
                Text("order.id", order),
                Text("customer.id", random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)),
                Text("message.template", "Order {OrderId} was paid in {Elapsed} ms, {Items} items reserved"),
                Text("http.route", "/orders/{id}"),
                Text("thread.name", $"worker-{random.Next(16)}"),
                new KeyValue { Key = "order.items", Value = new AnyValue { IntValue = random.Next(1, 9) } },
            },
        };
    }

    private static Span NewSpan(Random random)
    {
        var start = 1_767_323_045_000_000_000UL + (ulong)random.NextInt64(1_000_000_000);
        var (method, route, status) = Operations[random.Next(Operations.Length)];
        return new Span
        {
            TraceId = Bytes(random, 16),
            SpanId = Bytes(random, 8),
            ParentSpanId = Bytes(random, 8),
            Name = $"{method} {route}",
            Kind = Span.Types.SpanKind.Server,
            StartTimeUnixNano = start,
            EndTimeUnixNano = start + (ulong)random.NextInt64(50_000_000),
            Attributes =
            {
                Text("http.request.method", method),
                Text("http.route", route),
                Text("url.path", route.Replace("{id}", random.Next(1_000_000).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)),
                Text("http.request.id", random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)),
                Text("url.scheme", "https"),
                Text("server.address", "orders.shop.svc.cluster.local"),
                Text("client.address", $"10.1.{random.Next(256)}.{random.Next(256)}"),
                Text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
                Text("network.protocol.version", "2"),
                new KeyValue { Key = "http.response.status_code", Value = new AnyValue { IntValue = status } },
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
