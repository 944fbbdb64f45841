using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Otlp.Json;
using SentryOtel.Otlp.Tests.Support;
using static SentryOtel.Otlp.Tests.Json.JsonConversions;

namespace SentryOtel.Otlp.Tests.Json;

/// <summary>JSON that is no request, or only just one.</summary>
public sealed class OtlpJsonErrorTests
{
    [Theory]
    [InlineData("", "malformed JSON at line 1, byte 1")]
    [InlineData("{", "malformed JSON")]
    [InlineData("[]", "the request must be an object")]
    [InlineData("{} {}", "malformed JSON")]
    [InlineData("""{"resourceSpans":{}}""", "resourceSpans: must be an array")]
    [InlineData("""{"resourceSpans":[null]}""", "resourceSpans[0]: must be an object")]
    [InlineData("""{"resourceSpans":[{},{"schemaUrl":7}]}""", "resourceSpans[1].schemaUrl: must be a string")]
    [InlineData("""{"resourceSpans":[{"schemaUrl":"\ud800"}]}""", "resourceSpans[0].schemaUrl: must be a string")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SPAN_KIND_SERVER"}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].kind: must be a number; OTLP does not take the names")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{},{"spans":[{},{},{},{"startTimeUnixNano":-1}]}]}]}""", "resourceSpans[0].scopeSpans[1].spans[3].startTimeUnixNano: must be a whole number within its range")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"W47/95gDgQPSabYzgT/GDA=="}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].traceId: must be a string of hex digits")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"012"}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].traceId: must be a string of hex digits")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"18446744073709551616"}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano: must be a whole number")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"droppedLinksCount":1.5}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].droppedLinksCount: must be a whole number")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"droppedLinksCount":-1}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].droppedLinksCount: must be a whole number")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"droppedLinksCount":4294967296}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].droppedLinksCount: must be a whole number")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"flags":4294967296}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0].flags: must be a whole number")]
    [InlineData("""{"resourceSpans":[{"resource":{"attributes":[{"value":{"intValue":"9223372036854775808"}}]}}]}""", "resourceSpans[0].resource.attributes[0].value.intValue: must be a whole number")]
    [InlineData("""{"resourceSpans":[{"resource":{"attributes":[{"value":{"boolValue":1}}]}}]}""", "resourceSpans[0].resource.attributes[0].value.boolValue: must be true or false")]
    [InlineData("""{"resourceSpans":[{"resource":{"attributes":[{"value":{"doubleValue":"x"}}]}}]}""", "resourceSpans[0].resource.attributes[0].value.doubleValue: must be a number")]
    [InlineData("""{"resourceSpans":[{"resource":{"attributes":[{"value":{"bytesValue":"*"}}]}}]}""", "resourceSpans[0].resource.attributes[0].value.bytesValue: must be a string of base64")]
    [InlineData("""{"resourceSpans":[{"schemaUrl":"a","scopeSpans":[{"spans":[{"name":"b"} {}]}]}]}""", "resourceSpans[0].scopeSpans[0].spans[0]: malformed JSON at line 1, byte 73")]
    [InlineData("""{"unknown":[{"a":1},{"b":[tru]}]}""", "unknown[1].b: malformed JSON at line 1")]
    public void Json_that_is_no_request_is_an_error_that_names_its_place(string json, string error)
    {
        var conversion = OtlpJson.Convert(OtlpSignal.Traces, Encoding.UTF8.GetBytes(json), new GrowingBuffer());

        Assert.False(conversion.IsSuccess);
        Assert.StartsWith(error, conversion.Error?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_nests_as_deep_as_decoders_take_is_carried_over_and_what_nests_deeper_is_an_error()
    {
        // ResourceSpans, Resource, KeyValue and AnyValue are four; each array adds ArrayValue and AnyValue.
        var deepest = Attribute(Arrays(48));
        var tooDeep = Attribute(Arrays(49));

        var request = Convert<ExportTraceServiceRequest>(OtlpSignal.Traces, deepest);
        var error = OtlpJson.Convert(OtlpSignal.Traces, Encoding.UTF8.GetBytes(tooDeep), new GrowingBuffer()).Error;

        Assert.True(request.CalculateSize() > 100);
        Assert.Equal("must not be nested deeper than 100 messages", error?.Problem);
        Assert.StartsWith("resourceSpans[0].resource.attributes[0].value.arrayValue.values[0].arrayValue", error?.Path, StringComparison.Ordinal);
        Assert.EndsWith("...", error?.Path, StringComparison.Ordinal);

        static string Arrays(int count) =>
            string.Concat(Enumerable.Repeat("""{"arrayValue":{"values":[""", count)) + """{"intValue":"1"}""" + string.Concat(Enumerable.Repeat("]}}", count));

        static string Attribute(string value) => $$$"""{"resourceSpans":[{"resource":{"attributes":[{"value":{{{value}}}}]}}]}""";
    }

    [Fact]
    public void What_is_unknown_may_nest_deeper_but_not_for_ever()
    {
        static string Unknown(int depth) => "{\"unknown\":" + new string('[', depth) + new string(']', depth) + "}";

        Assert.Equal(new ExportTraceServiceRequest(), Convert<ExportTraceServiceRequest>(OtlpSignal.Traces, Unknown(255)));
        var conversion = OtlpJson.Convert(OtlpSignal.Traces, Encoding.UTF8.GetBytes(Unknown(256)), new GrowingBuffer());

        Assert.StartsWith("JSON that is malformed or nested deeper than 256 levels at line 1", conversion.Error?.Problem, StringComparison.Ordinal);
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
}
