namespace SentryOtel.Otlp.Json;

/// <summary>The messages of OTLP 1.11 traces and logs in JSON, and as much of metrics as counting data points needs.</summary>
internal static class OtlpJsonSchema
{
    private static readonly JsonMessage AnyValue = new();

    private static readonly JsonMessage KeyValue = new(Text("key", 1), One("value", 2, AnyValue));

    private static readonly JsonMessage Resource = new(
        Many("attributes", 1, KeyValue),
        Varint("droppedAttributesCount", 2),
        Many("entityRefs", 3, new JsonMessage(
            Text("schemaUrl", 1), Text("type", 2), Texts("idKeys", 3), Texts("descriptionKeys", 4))));

    private static readonly JsonMessage Scope = new(
        Text("name", 1), Text("version", 2), Many("attributes", 3, KeyValue), Varint("droppedAttributesCount", 4));

    static OtlpJsonSchema() => AnyValue.Fields =
    [
        Text("stringValue", 1),
        new JsonField("boolValue", 2, JsonFieldKind.Flag),
        Varint("intValue", 3),
        new JsonField("doubleValue", 4, JsonFieldKind.Double),
        One("arrayValue", 5, new JsonMessage(Many("values", 1, AnyValue))),
        One("kvlistValue", 6, new JsonMessage(Many("values", 1, KeyValue))),
        new JsonField("bytesValue", 7, JsonFieldKind.Base64),
    ];

    /// <summary>The Export request of a signal.</summary>
    public static JsonMessage Request(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => Traces,
        OtlpSignal.Logs => Logs,
        _ => Metrics,
    };

    private static JsonMessage Traces { get; } = Envelope("resourceSpans", "scopeSpans", "spans", new JsonMessage(
        Hex("traceId", 1),
        Hex("spanId", 2),
        Text("traceState", 3),
        Hex("parentSpanId", 4),
        Text("name", 5),
        Enumeration("kind", 6),
        Fixed64("startTimeUnixNano", 7),
        Fixed64("endTimeUnixNano", 8),
        Many("attributes", 9, KeyValue),
        Varint("droppedAttributesCount", 10),
        Many("events", 11, new JsonMessage(
            Fixed64("timeUnixNano", 1), Text("name", 2), Many("attributes", 3, KeyValue), Varint("droppedAttributesCount", 4))),
        Varint("droppedEventsCount", 12),
        Many("links", 13, new JsonMessage(
            Hex("traceId", 1),
            Hex("spanId", 2),
            Text("traceState", 3),
            Many("attributes", 4, KeyValue),
            Varint("droppedAttributesCount", 5),
            Fixed32("flags", 6))),
        Varint("droppedLinksCount", 14),
        One("status", 15, new JsonMessage(Text("message", 2), Enumeration("code", 3))),
        Fixed32("flags", 16)));

    private static JsonMessage Logs { get; } = Envelope("resourceLogs", "scopeLogs", "logRecords", new JsonMessage(
        Fixed64("timeUnixNano", 1),
        Enumeration("severityNumber", 2),
        Text("severityText", 3),
        One("body", 5, AnyValue),
        Many("attributes", 6, KeyValue),
        Varint("droppedAttributesCount", 7),
        Fixed32("flags", 8),
        Hex("traceId", 9),
        Hex("spanId", 10),
        Fixed64("observedTimeUnixNano", 11),
        Text("eventName", 12)));

    private static JsonMessage Metrics { get; } = Envelope("resourceMetrics", "scopeMetrics", "metrics", new JsonMessage(
        One("gauge", 5, Points()),
        One("sum", 7, Points()),
        One("histogram", 9, Points()),
        One("exponentialHistogram", 10, Points()),
        One("summary", 11, Points())));

    private static JsonMessage Envelope(string records, string scopes, string items, JsonMessage item) => new(
        Many(records, 1, new JsonMessage(
            One("resource", 1, Resource),
            Many(scopes, 2, new JsonMessage(One("scope", 1, Scope), Many(items, 2, item), Text("schemaUrl", 3))),
            Text("schemaUrl", 3))));

    private static JsonMessage Points() => new(Many("dataPoints", 1, new JsonMessage()));

    private static JsonField Text(string name, int number) => new(name, number, JsonFieldKind.Text);

    private static JsonField Texts(string name, int number) => new(name, number, JsonFieldKind.Text, Repeated: true);

    private static JsonField Varint(string name, int number) => new(name, number, JsonFieldKind.Varint);

    private static JsonField Enumeration(string name, int number) => new(name, number, JsonFieldKind.Enumeration);

    private static JsonField Fixed32(string name, int number) => new(name, number, JsonFieldKind.Fixed32);

    private static JsonField Fixed64(string name, int number) => new(name, number, JsonFieldKind.Fixed64);

    private static JsonField Hex(string name, int number) => new(name, number, JsonFieldKind.Hex);

    private static JsonField One(string name, int number, JsonMessage message) => new(name, number, JsonFieldKind.Message, Message: message);

    private static JsonField Many(string name, int number, JsonMessage message) => new(name, number, JsonFieldKind.Message, true, message);
}
