using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using SentryOtel.Otlp.Json;
using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Tests.Support;

namespace SentryOtel.Otlp.Tests.Json;

public sealed class OtlpJsonTests
{
    [Fact]
    public void Every_field_of_a_span_is_carried_over()
    {
        var request = Convert<ExportTraceServiceRequest>(OtlpSignal.Traces, """
            {"resourceSpans":[{
              "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s\u00f8k \ud83d\ude00"}}],"droppedAttributesCount":1,
                "entityRefs":[{"schemaUrl":"e","type":"service","idKeys":["a","b"],"descriptionKeys":["c"]}]},
              "schemaUrl":"https://resource",
              "scopeSpans":[{"scope":{"name":"n","version":"1","attributes":[{"key":"k","value":{}}],"droppedAttributesCount":2},"schemaUrl":"https://scope",
                "spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","parentSpanId":"eee19b7ec3c1b173","traceState":"a=b",
                  "name":"GET","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000,"flags":257,
                  "attributes":[
                    {"key":"bool","value":{"boolValue":true}},{"key":"int","value":{"intValue":"-9223372036854775808"}},
                    {"key":"number","value":{"intValue":42}},{"key":"double","value":{"doubleValue":1.5}},
                    {"key":"nan","value":{"doubleValue":"NaN"}},{"key":"low","value":{"doubleValue":"-Infinity"}},
                    {"key":"bytes","value":{"bytesValue":"AQIDBA=="}},{"key":"url","value":{"bytesValue":"-_8"}},
                    {"key":"array","value":{"arrayValue":{"values":[{"intValue":1},{"stringValue":""}]}}},
                    {"key":"map","value":{"kvlistValue":{"values":[{"key":"x","value":{"boolValue":false}}]}}}],
                  "droppedAttributesCount":3,"events":[{"timeUnixNano":"7","name":"e","attributes":[],"droppedAttributesCount":4}],"droppedEventsCount":5,
                  "links":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000002","traceState":"t","flags":1,"attributes":[],"droppedAttributesCount":6}],
                  "droppedLinksCount":7,"status":{"message":"bad","code":2}}]}]}]}
            """);

        var record = Assert.Single(request.ResourceSpans);
        Assert.Equal(("https://resource", 1u, "søk 😀"), (record.SchemaUrl, record.Resource.DroppedAttributesCount, record.Resource.Attributes[0].Value.StringValue));
        Assert.Equal(["a", "b"], record.Resource.EntityRefs[0].IdKeys);
        var scope = Assert.Single(record.ScopeSpans);
        Assert.Equal(("n", "1", 2u, "https://scope"), (scope.Scope.Name, scope.Scope.Version, scope.Scope.DroppedAttributesCount, scope.SchemaUrl));
        Assert.Equal(AnyValue.ValueOneofCase.None, scope.Scope.Attributes.Single().Value.ValueCase);
        var span = Assert.Single(scope.Spans);
        Assert.Equal("5B8EFFF798038103D269B633813FC60C", System.Convert.ToHexString(span.TraceId.Span));
        Assert.Equal(("EEE19B7EC3C1B174", "EEE19B7EC3C1B173"), (System.Convert.ToHexString(span.SpanId.Span), System.Convert.ToHexString(span.ParentSpanId.Span)));
        Assert.Equal(("GET", "a=b", Span.Types.SpanKind.Server, 257u), (span.Name, span.TraceState, span.Kind, span.Flags));
        Assert.Equal((1544712660000000000UL, 1544712661000000000UL), (span.StartTimeUnixNano, span.EndTimeUnixNano));
        Assert.Equal((3u, 5u, 7u), (span.DroppedAttributesCount, span.DroppedEventsCount, span.DroppedLinksCount));
        Assert.Equal(new Span.Types.Event { TimeUnixNano = 7, Name = "e", DroppedAttributesCount = 4 }, span.Events.Single());
        Assert.Equal((1u, "t", 6u), (span.Links.Single().Flags, span.Links.Single().TraceState, span.Links.Single().DroppedAttributesCount));
        Assert.Equal(new Status { Message = "bad", Code = Status.Types.StatusCode.Error }, span.Status);
        AnyValue[] values =
        [
            new() { BoolValue = true }, new() { IntValue = long.MinValue }, new() { IntValue = 42 }, new() { DoubleValue = 1.5 },
            new() { DoubleValue = double.NaN }, new() { DoubleValue = double.NegativeInfinity },
            new() { BytesValue = ByteString.CopyFrom(1, 2, 3, 4) }, new() { BytesValue = ByteString.CopyFrom(0xFB, 0xFF) },
            new() { ArrayValue = new ArrayValue { Values = { new AnyValue { IntValue = 1 }, new AnyValue { StringValue = string.Empty } } } },
            new() { KvlistValue = new KeyValueList { Values = { new KeyValue { Key = "x", Value = new AnyValue { BoolValue = false } } } } },
        ];
        Assert.Equal(values, span.Attributes.Select(attribute => attribute.Value));
    }

    [Fact]
    public void Every_field_of_a_log_record_is_carried_over()
    {
        var request = Convert<ExportLogsServiceRequest>(OtlpSignal.Logs, """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","observedTimeUnixNano":"2","severityNumber":17,"severityText":"ERROR",
              "body":{"stringValue":"line"},"attributes":[{"key":"k","value":{"intValue":"5"}}],"droppedAttributesCount":1,"flags":1,
              "traceId":"0102","spanId":"03","eventName":"event"}]}]}]}
            """);

        var record = request.ResourceLogs.Single().ScopeLogs.Single().LogRecords.Single();
        Assert.Equal((1UL, 2UL, 17, "ERROR"), (record.TimeUnixNano, record.ObservedTimeUnixNano, (int)record.SeverityNumber, record.SeverityText));
        Assert.Equal(("line", 5, 1u, 1u, "event"), (record.Body.StringValue, record.Attributes.Single().Value.IntValue, record.DroppedAttributesCount, record.Flags, record.EventName));
        Assert.Equal((ByteString.CopyFrom(1, 2), ByteString.CopyFrom(3)), (record.TraceId, record.SpanId));
    }

    [Fact]
    public void Generated_requests_convert_to_what_protobufs_own_json_parser_makes_of_them() => Seeds.ForEach(
        1000,
        (signal, seed) =>
        {
            // Without ids, which OTLP writes otherwise; through the canonical encoding, which knows no unknown fields.
            var message = WithoutIds(Oracle.Parse(signal, MessyRequest.Generate(signal, seed)));
            var json = new JsonFormatter(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true)).Format(message);

            var converted = Oracle.Parse(signal, ToProtobuf(signal, json));

            Assert.Equal(JsonParser.Default.Parse(json, message.Descriptor), converted);
        },
        OtlpSignal.Traces,
        OtlpSignal.Logs);

    [Fact]
    public void Of_metrics_the_data_points_can_be_counted()
    {
        var bytes = ToProtobuf(OtlpSignal.Metrics, """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[
              {"name":"a","sum":{"dataPoints":[{"asInt":"1"},{"asDouble":2.5}],"isMonotonic":true}},
              {"name":"b","histogram":{"dataPoints":[{"bucketCounts":["1","2"]}]}}]}]}]}
            """);

        Assert.Equal(3, new RequestSlicer(string.Empty).Slice(OtlpSignal.Metrics, bytes, []).Items);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"resourceSpans":null}""")]
    [InlineData("""{"resourceSpans":[]}""")]
    [InlineData("""{"unknown":{"nested":[1,{"a":[]}]},"resource_spans":[{}]}""")]
    public void Absent_null_and_unknown_fields_are_an_empty_request(string json) =>
        Assert.Equal(new ExportTraceServiceRequest(), Convert<ExportTraceServiceRequest>(OtlpSignal.Traces, json));

    [Theory]
    [InlineData("", "malformed JSON at line 1, byte 1")]
    [InlineData("{", "malformed JSON")]
    [InlineData("[]", "request must be an object")]
    [InlineData("{} {}", "malformed JSON")]
    [InlineData("""{"resourceSpans":{}}""", "resourceSpans must be an array")]
    [InlineData("""{"resourceSpans":[null]}""", "resourceSpans must be an object")]
    [InlineData("""{"resourceSpans":[{"schemaUrl":7}]}""", "schemaUrl must be a string")]
    [InlineData("""{"resourceSpans":[{"schemaUrl":"\ud800"}]}""", "schemaUrl must be a string")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SPAN_KIND_SERVER"}]}]}]}""", "kind must be a number; OTLP does not take the names")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"W47/95gDgQPSabYzgT/GDA=="}]}]}]}""", "traceId must be a string of hex digits")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"012"}]}]}]}""", "traceId must be a string of hex digits")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":-1}]}]}]}""", "startTimeUnixNano must be a whole number")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"18446744073709551616"}]}]}]}""", "startTimeUnixNano must be a whole number")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"droppedLinksCount":1.5}]}]}]}""", "droppedLinksCount must be a whole number")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"flags":4294967296}]}]}]}""", "flags must be a whole number")]
    [InlineData("""{"resourceSpans":[{"resource":{"attributes":[{"value":{"boolValue":1}}]}}]}""", "boolValue must be true or false")]
    [InlineData("""{"resourceSpans":[{"resource":{"attributes":[{"value":{"doubleValue":"x"}}]}}]}""", "doubleValue must be a number")]
    [InlineData("""{"resourceSpans":[{"resource":{"attributes":[{"value":{"bytesValue":"*"}}]}}]}""", "bytesValue must be a string of base64")]
    public void Json_that_is_no_request_is_an_error_that_names_the_field(string json, string error)
    {
        var conversion = OtlpJson.Convert(OtlpSignal.Traces, Encoding.UTF8.GetBytes(json), new GrowingBuffer());

        Assert.False(conversion.IsSuccess);
        Assert.StartsWith(error, conversion.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1e9", 1_000_000_000)]
    [InlineData("7.0", 7)]
    [InlineData("\"7\"", 7)]
    public void Whole_numbers_are_read_in_every_spelling(string number, ulong expected)
    {
        var json = $$$"""{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":{{{number}}}}]}]}]}""";

        var request = Convert<ExportTraceServiceRequest>(OtlpSignal.Traces, json);

        Assert.Equal(expected, request.ResourceSpans.Single().ScopeSpans.Single().Spans.Single().StartTimeUnixNano);
    }

    [Fact]
    public void Json_nested_too_deep_is_an_error()
    {
        var nested = string.Concat(Enumerable.Repeat("""{"arrayValue":{"values":[""", 100)) + string.Concat(Enumerable.Repeat("]}}", 100));

        var conversion = OtlpJson.Convert(
            OtlpSignal.Traces,
            Encoding.UTF8.GetBytes($$$"""{"resourceSpans":[{"resource":{"attributes":[{"value":{{{nested}}}}]}}]}"""),
            new GrowingBuffer());

        Assert.StartsWith("malformed JSON", conversion.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Protobuf_that_is_larger_than_its_json_still_fits()
    {
        var json = """{"resourceSpans":[{"scopeSpans":[{"spans":[{""" + string.Join(',', Enumerable.Repeat("\"kind\":-1", 1000)) + "}]}]}]}";

        var bytes = ToProtobuf(OtlpSignal.Traces, json);

        Assert.True(bytes.Length > json.Length + 64);
        Assert.Equal(-1, (int)ExportTraceServiceRequest.Parser.ParseFrom(bytes).ResourceSpans.Single().ScopeSpans.Single().Spans.Single().Kind);
    }

    [Fact]
    public void Without_memory_there_is_no_conversion()
    {
        var conversion = OtlpJson.Convert(OtlpSignal.Traces, "{}"u8, new GrowingBuffer(limit: 10));

        Assert.Equal(new JsonConversion(null, NoRoom: true), conversion);
    }

    [Fact(Timeout = 120_000)]
    public Task Damaged_json_is_an_error_or_a_request_and_never_an_exception() => Task.Run(() => Seeds.ForEach(
        3000,
        (signal, seed) =>
        {
            var random = new Random(seed);
            var message = WithoutIds(Oracle.Parse(signal, MessyRequest.Generate(signal, seed)));
            var json = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message));
            for (var wounds = random.Next(1, 5); wounds > 0 && json.Length > 0; wounds--)
            {
                json[random.Next(json.Length)] = (byte)random.Next(256);
            }

            var output = new GrowingBuffer();
            var conversion = OtlpJson.Convert(signal, json, output);

            Assert.NotEqual(conversion.IsSuccess, conversion.Error is not null);
            if (conversion.IsSuccess)
            {
                Oracle.Parse(signal, output.Written);
            }
        },
        OtlpSignal.Traces,
        OtlpSignal.Logs), TestContext.Current.CancellationToken);

    private static IMessage WithoutIds(IMessage message)
    {
        if (message is ExportTraceServiceRequest traces)
        {
            foreach (var span in traces.ResourceSpans.SelectMany(record => record.ScopeSpans).SelectMany(scope => scope.Spans))
            {
                (span.TraceId, span.SpanId) = (ByteString.Empty, ByteString.Empty);
            }
        }

        return message;
    }

    private static T Convert<T>(OtlpSignal signal, string json)
        where T : IMessage<T>, new() => new MessageParser<T>(() => new T()).ParseFrom(ToProtobuf(signal, json));

    private static byte[] ToProtobuf(OtlpSignal signal, string json)
    {
        var output = new GrowingBuffer();
        var conversion = OtlpJson.Convert(signal, Encoding.UTF8.GetBytes(json), output);
        Assert.Null(conversion.Error);
        Assert.True(conversion.IsSuccess);
        return output.Written;
    }
}
