namespace SentryOtel.Otlp.Json;

/// <summary>The messages of OTLP 1.11 traces, logs and metrics in JSON.</summary>
internal static class OtlpJsonSchema
{
    private static readonly JsonMessage AnyValue = new();

    private static readonly JsonMessage KeyValue = new(Text("key", 1), One("value", 2, AnyValue));

    private static readonly JsonMessage Resource = new(
        Many("attributes", 1, KeyValue),
        UInt32("droppedAttributesCount", 2),
        Many("entityRefs", 3, new JsonMessage(
            Text("schemaUrl", 1), Text("type", 2), Texts("idKeys", 3), Texts("descriptionKeys", 4))));

    private static readonly JsonMessage Scope = new(
        Text("name", 1), Text("version", 2), Many("attributes", 3, KeyValue), UInt32("droppedAttributesCount", 4));

    static OtlpJsonSchema() => AnyValue.Fields =
    [
        Text("stringValue", 1),
        Scalar("boolValue", 2, JsonFieldKind.Flag),
        Scalar("intValue", 3, JsonFieldKind.Int64),
        Scalar("doubleValue", 4, JsonFieldKind.Double),
        One("arrayValue", 5, new JsonMessage(Many("values", 1, AnyValue))),
        One("kvlistValue", 6, new JsonMessage(Many("values", 1, KeyValue))),
        Scalar("bytesValue", 7, JsonFieldKind.Base64),
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
        UInt32("droppedAttributesCount", 10),
        Many("events", 11, new JsonMessage(
            Fixed64("timeUnixNano", 1), Text("name", 2), Many("attributes", 3, KeyValue), UInt32("droppedAttributesCount", 4))),
        UInt32("droppedEventsCount", 12),
        Many("links", 13, new JsonMessage(
            Hex("traceId", 1),
            Hex("spanId", 2),
            Text("traceState", 3),
            Many("attributes", 4, KeyValue),
            UInt32("droppedAttributesCount", 5),
            Fixed32("flags", 6))),
        UInt32("droppedLinksCount", 14),
        One("status", 15, new JsonMessage(Text("message", 2), Enumeration("code", 3))),
        Fixed32("flags", 16)));

    private static JsonMessage Logs { get; } = Envelope("resourceLogs", "scopeLogs", "logRecords", new JsonMessage(
        Fixed64("timeUnixNano", 1),
        Enumeration("severityNumber", 2),
        Text("severityText", 3),
        One("body", 5, AnyValue),
        Many("attributes", 6, KeyValue),
        UInt32("droppedAttributesCount", 7),
        Fixed32("flags", 8),
        Hex("traceId", 9),
        Hex("spanId", 10),
        Fixed64("observedTimeUnixNano", 11),
        Text("eventName", 12)));

    private static JsonMessage Exemplar { get; } = new(
        Fixed64("timeUnixNano", 2),
        Double("asDouble", 3),
        Hex("spanId", 4),
        Hex("traceId", 5),
        Scalar("asInt", 6, JsonFieldKind.SFixed64),
        Many("filteredAttributes", 7, KeyValue));

    private static JsonMessage NumberPoint { get; } = new(
        Fixed64("startTimeUnixNano", 2),
        Fixed64("timeUnixNano", 3),
        Double("asDouble", 4),
        Many("exemplars", 5, Exemplar),
        Scalar("asInt", 6, JsonFieldKind.SFixed64),
        Many("attributes", 7, KeyValue),
        UInt32("flags", 8));

    private static JsonMessage HistogramPoint { get; } = new(
        Fixed64("startTimeUnixNano", 2),
        Fixed64("timeUnixNano", 3),
        Fixed64("count", 4),
        Double("sum", 5),
        Scalars("bucketCounts", 6, JsonFieldKind.Fixed64),
        Scalars("explicitBounds", 7, JsonFieldKind.Double),
        Many("exemplars", 8, Exemplar),
        Many("attributes", 9, KeyValue),
        UInt32("flags", 10),
        Double("min", 11),
        Double("max", 12));

    private static JsonMessage Buckets { get; } = new(
        Scalar("offset", 1, JsonFieldKind.SInt32), Scalars("bucketCounts", 2, JsonFieldKind.UInt64));

    private static JsonMessage ExponentialHistogramPoint { get; } = new(
        Many("attributes", 1, KeyValue),
        Fixed64("startTimeUnixNano", 2),
        Fixed64("timeUnixNano", 3),
        Fixed64("count", 4),
        Double("sum", 5),
        Scalar("scale", 6, JsonFieldKind.SInt32),
        Fixed64("zeroCount", 7),
        One("positive", 8, Buckets),
        One("negative", 9, Buckets),
        UInt32("flags", 10),
        Many("exemplars", 11, Exemplar),
        Double("min", 12),
        Double("max", 13),
        Double("zeroThreshold", 14));

    private static JsonMessage SummaryPoint { get; } = new(
        Fixed64("startTimeUnixNano", 2),
        Fixed64("timeUnixNano", 3),
        Fixed64("count", 4),
        Double("sum", 5),
        Many("quantileValues", 6, new JsonMessage(Double("quantile", 1), Double("value", 2))),
        Many("attributes", 7, KeyValue),
        UInt32("flags", 8));

    private static JsonMessage Metrics { get; } = Envelope("resourceMetrics", "scopeMetrics", "metrics", new JsonMessage(
        Text("name", 1),
        Text("description", 2),
        Text("unit", 3),
        One("gauge", 5, Points(NumberPoint)),
        One("sum", 7, Points(NumberPoint, Enumeration("aggregationTemporality", 2), Scalar("isMonotonic", 3, JsonFieldKind.Flag))),
        One("histogram", 9, Points(HistogramPoint, Enumeration("aggregationTemporality", 2))),
        One("exponentialHistogram", 10, Points(ExponentialHistogramPoint, Enumeration("aggregationTemporality", 2))),
        One("summary", 11, Points(SummaryPoint)),
        Many("metadata", 12, KeyValue)));

    private static JsonMessage Envelope(string records, string scopes, string items, JsonMessage item) => new(
        Many(records, 1, new JsonMessage(
            One("resource", 1, Resource),
            Many(scopes, 2, new JsonMessage(One("scope", 1, Scope), Many(items, 2, item), Text("schemaUrl", 3))),
            Text("schemaUrl", 3))));

    private static JsonMessage Points(JsonMessage point, params JsonField[] others) => new([Many("dataPoints", 1, point), .. others]);

    private static JsonField Text(string name, int number) => Scalar(name, number, JsonFieldKind.Text);

    private static JsonField Texts(string name, int number) => Scalars(name, number, JsonFieldKind.Text);

    private static JsonField UInt32(string name, int number) => Scalar(name, number, JsonFieldKind.UInt32);

    private static JsonField Enumeration(string name, int number) => Scalar(name, number, JsonFieldKind.Enumeration);

    private static JsonField Fixed32(string name, int number) => Scalar(name, number, JsonFieldKind.Fixed32);

    private static JsonField Fixed64(string name, int number) => Scalar(name, number, JsonFieldKind.Fixed64);

    private static JsonField Double(string name, int number) => Scalar(name, number, JsonFieldKind.Double);

    private static JsonField Hex(string name, int number) => Scalar(name, number, JsonFieldKind.Hex);

    private static JsonField Scalar(string name, int number, JsonFieldKind kind) => new(name, number, kind);

    private static JsonField Scalars(string name, int number, JsonFieldKind kind) => new(name, number, kind, Repeated: true);

    private static JsonField One(string name, int number, JsonMessage message) => new(name, number, JsonFieldKind.Message, Message: message);

    private static JsonField Many(string name, int number, JsonMessage message) => new(name, number, JsonFieldKind.Message, true, message);
}
