using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SentryOtel.Cli.Sending;

/// <summary>One span and one log record that nobody takes for those of a service, in OTLP's JSON.</summary>
internal sealed class TestItems
{
    /// <summary>Attribute of both.</summary>
    public const string Mark = "sentry-otel.dev/test";

    private const string SpanName = "kubectl sentry-otel send-test";
    private const int Internal = 1;
    private const int Info = 9;

    private readonly JsonObject _resource;
    private readonly string _spanId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly DateTimeOffset _now;

    /// <param name="service">Value of the routing attribute.</param>
    /// <param name="routingAttribute">That attribute.</param>
    /// <param name="now">When they happen.</param>
    public TestItems(string service, string routingAttribute, DateTimeOffset now)
    {
        _now = now;
        var attributes = new JsonArray(Attribute("service.name", service));
        if (routingAttribute != "service.name")
        {
            attributes.Add((JsonNode)Attribute(routingAttribute, service));
        }

        _resource = new JsonObject { ["attributes"] = attributes };
    }

    /// <summary>Trace of both.</summary>
    public string TraceId { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>An ExportTraceServiceRequest.</summary>
    public byte[] Span() => Request("resourceSpans", "scopeSpans", "spans", new JsonObject
    {
        ["traceId"] = TraceId,
        ["spanId"] = _spanId,
        ["name"] = SpanName,
        ["kind"] = Internal,
        ["startTimeUnixNano"] = Nanoseconds(_now),
        ["endTimeUnixNano"] = Nanoseconds(_now + TimeSpan.FromMilliseconds(1)),
        ["attributes"] = new JsonArray(Marker()),
    });

    /// <summary>An ExportLogsServiceRequest.</summary>
    public byte[] Log() => Request("resourceLogs", "scopeLogs", "logRecords", new JsonObject
    {
        ["timeUnixNano"] = Nanoseconds(_now),
        ["observedTimeUnixNano"] = Nanoseconds(_now),
        ["severityNumber"] = Info,
        ["severityText"] = "INFO",
        ["body"] = new JsonObject { ["stringValue"] = $"A test log record of {SpanName}" },
        ["traceId"] = TraceId,
        ["spanId"] = _spanId,
        ["attributes"] = new JsonArray(Marker()),
    });

    private byte[] Request(string resources, string scopes, string items, JsonObject item) => Encoding.UTF8.GetBytes(new JsonObject
    {
        [resources] = new JsonArray(new JsonObject
        {
            ["resource"] = _resource.DeepClone(),
            [scopes] = new JsonArray(new JsonObject { ["scope"] = new JsonObject { ["name"] = "sentry-otel.dev/cli" }, [items] = new JsonArray(item) }),
        }),
    }.ToJsonString());

    private static JsonObject Marker() => new() { ["key"] = Mark, ["value"] = new JsonObject { ["boolValue"] = true } };

    private static JsonObject Attribute(string key, string value) => new() { ["key"] = key, ["value"] = new JsonObject { ["stringValue"] = value } };

    private static string Nanoseconds(DateTimeOffset time) => ((time - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}
