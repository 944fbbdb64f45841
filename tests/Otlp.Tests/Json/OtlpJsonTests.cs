using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using SentryOtel.Otlp.Json;
using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Tests.Support;
using static SentryOtel.Otlp.Tests.Json.JsonConversions;

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
    public void Every_field_of_a_metric_is_carried_over()
    {
        const string Point = """
            "attributes":[{"key":"k","value":{"stringValue":"v"}}],"startTimeUnixNano":"1","timeUnixNano":"2","flags":1
            """;
        const string Exemplars = """
            "exemplars":[{"timeUnixNano":"3","asInt":"-4","spanId":"0102030405060708","traceId":"0102030405060708090a0b0c0d0e0f10","filteredAttributes":[{"key":"f"}]},{"asDouble":0.5}]
            """;
        var json = $$$"""
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[
              {"name":"gauge","description":"d","unit":"s","metadata":[{"key":"m"}],"gauge":{"dataPoints":[{{{{Point}}},{{{Exemplars}}},"asDouble":2.5},{"asInt":"-9223372036854775808"}]}},
              {"name":"sum","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"asInt":7}]}},
              {"name":"histogram","histogram":{"aggregationTemporality":1,"dataPoints":[
                {{{{Point}}},{{{Exemplars}}},"count":"3","sum":0,"bucketCounts":["1",2],"explicitBounds":[0.5,"Infinity"],"min":-1.5,"max":9}]}},
              {"name":"exponential","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[
                {{{{Point}}},{{{Exemplars}}},"count":"3","sum":1.25,"scale":-2,"zeroCount":"1","zeroThreshold":0.125,"min":0,"max":1,
                 "positive":{"offset":-3,"bucketCounts":["1","18446744073709551615"]},"negative":{"offset":4,"bucketCounts":[]}}]}},
              {"name":"summary","summary":{"dataPoints":[{{{{Point}}},"count":"3","sum":6.5,"quantileValues":[{"quantile":0.5,"value":2}]}]}}]}]}]}
            """;

        var converted = Convert<ExportMetricsServiceRequest>(OtlpSignal.Metrics, json);

        // The same document as protobuf's own parser reads it, but for the ids, which it knows in base64 only.
        var expected = JsonParser.Default.Parse<ExportMetricsServiceRequest>(
            json.Replace("\"0102030405060708090a0b0c0d0e0f10\"", "\"AQIDBAUGBwgJCgsMDQ4PEA==\"", StringComparison.Ordinal)
                .Replace("\"0102030405060708\"", "\"AQIDBAUGBwg=\"", StringComparison.Ordinal));
        Assert.Equal(expected, converted);
        Assert.Equal(6, new RequestSlicer(string.Empty).Slice(OtlpSignal.Metrics, converted.ToByteArray(), []).Items);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"resourceSpans":null}""")]
    [InlineData("""{"resourceSpans":[]}""")]
    [InlineData("""{"unknown":{"nested":[1,{"a":[]}]},"resource_spans":[{}]}""")]
    public void Absent_null_and_unknown_fields_are_an_empty_request(string json) =>
        Assert.Equal(new ExportTraceServiceRequest(), Convert<ExportTraceServiceRequest>(OtlpSignal.Traces, json));

    [Fact]
    public void A_key_that_comes_twice_means_what_a_field_means_that_comes_twice()
    {
        var request = Convert<ExportTraceServiceRequest>(OtlpSignal.Traces, """
            {"resourceSpans":[{"schemaUrl":"first","schemaUrl":"last",
              "resource":{"attributes":[{"key":"a"}],"droppedAttributesCount":1},"resource":{"attributes":[{"key":"b","key":"c","value":{"intValue":1},"value":{"stringValue":"x"}}]},
              "scopeSpans":[{"spans":[{"name":"one","name":null}]}],"scopeSpans":[{"spans":[{"name":"two"}]}]}],
             "resourceSpans":[{"schemaUrl":"another"}]}
            """);

        Assert.Equal(["last", "another"], request.ResourceSpans.Select(record => record.SchemaUrl));
        Assert.Equal(1u, request.ResourceSpans[0].Resource.DroppedAttributesCount);
        Assert.Equal(["a", "c"], request.ResourceSpans[0].Resource.Attributes.Select(attribute => attribute.Key));
        Assert.Equal("x", request.ResourceSpans[0].Resource.Attributes[1].Value.StringValue);
        Assert.Equal(["one", "two"], request.ResourceSpans[0].ScopeSpans.SelectMany(scope => scope.Spans).Select(span => span.Name));
    }

    [Theory]
    [InlineData("+/8=")]
    [InlineData("+/8")]
    [InlineData("-_8=")]
    [InlineData("-_8")]
    [InlineData("+\\/8=")]
    [InlineData("\\u002b/8")]
    public void Base64_is_read_in_both_alphabets_with_padding_or_without_and_with_escapes(string text)
    {
        var request = Convert<ExportTraceServiceRequest>(
            OtlpSignal.Traces, $$$"""{"resourceSpans":[{"resource":{"attributes":[{"value":{"bytesValue":"{{{text}}}"}}]}}]}""");

        Assert.Equal(ByteString.CopyFrom(0xFB, 0xFF), request.ResourceSpans.Single().Resource.Attributes.Single().Value.BytesValue);
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
}
