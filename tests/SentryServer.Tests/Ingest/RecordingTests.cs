using System.Text;
using OpenTelemetry.Proto.Common.V1;
using SentryOtel.SentryServer.Ingest;
using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Ingest;

public sealed class RecordingTests
{
    private const string JsonSpan = """{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"orders"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"EEE19B7EC3C1B174","parentSpanId":"eee19b7ec3c1b173","name":"GET /","kind":2,"startTimeUnixNano":"1"}]}]}]}""";

    public static TheoryData<Signal, string, string, string> LostBodies => new()
    {
        { Signal.Traces, "application/x-protobuf", "not protobuf at all", "invalid_protobuf" },
        { Signal.Logs, "application/json", "{", "invalid_json" },
        { Signal.Traces, "application/json", "[]", "invalid_json" },
        { Signal.Traces, "application/json", JsonSpan.Replace("5b8e", "zzzz", StringComparison.Ordinal), "invalid_json" },
        { Signal.Logs, "application/json", JsonSpan, "wrong_signal" },
    };

    [Fact]
    public async Task A_span_is_recorded_with_its_ids_its_service_and_its_resource()
    {
        await using var sentry = await TestSentry.StartAsync();

        await sentry.ExportAsync();

        var span = Assert.Single(sentry.State.Received.Spans());
        Assert.Equal(("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "GET /", "orders"), (span.TraceId, span.SpanId, span.Name, span.ServiceName));
        Assert.Equal("4", span.ResourceAttributes["host.cpus"]);
        Assert.Equal(new Arrival("r00000001", sentry.Orders.Id, "orders", sentry.Time.GetUtcNow()), span.Arrival);
    }

    [Fact]
    public async Task A_log_record_is_recorded_with_its_body_and_Sentrys_level()
    {
        await using var sentry = await TestSentry.StartAsync();

        await sentry.ExportAsync(Signal.Logs, Otlp.Logs("orders", "one", "two"));

        var logs = sentry.State.Received.Logs("orders");
        Assert.Equal(["one", "two"], logs.Select(log => log.Body));
        Assert.All(logs, log => Assert.Equal(("warn", "orders"), (log.Severity, log.ServiceName)));
    }

    [Fact]
    public async Task Json_has_its_ids_in_hexadecimal()
    {
        await using var sentry = await TestSentry.StartAsync();

        await sentry.ExportAsync(body: Encoding.UTF8.GetBytes(JsonSpan), contentType: "application/json");

        var span = Assert.Single(sentry.State.Received.Spans());
        Assert.Equal(("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "eee19b7ec3c1b173"), (span.TraceId, span.SpanId, span.ParentSpanId));
    }

    [Theory]
    [MemberData(nameof(LostBodies))]
    public async Task A_body_that_can_not_be_used_is_200_and_lost_with_a_reason(Signal signal, string contentType, string body, string reason)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ExportAsync(signal, Encoding.UTF8.GetBytes(body), contentType: contentType);

        var drop = Assert.Single(sentry.State.Received.Dropped("orders"));
        Assert.Equal((200, reason, 1, signal), (answer.Status, drop.Reason, drop.Items, drop.Signal));
    }

    [Theory]
    [InlineData(Signal.Logs)]
    [InlineData(Signal.Traces)]
    public async Task Data_sent_to_the_other_signals_url_is_200_and_lost(Signal url)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ExportAsync(url, url == Signal.Logs ? Otlp.Traces("orders", "one", "two") : Otlp.Logs("orders", "one", "two"));

        var drop = Assert.Single(sentry.State.Received.Dropped("orders"));
        Assert.Equal((200, "wrong_signal", 2), (answer.Status, drop.Reason, drop.Items));
        Assert.Empty(sentry.State.Received.Spans());
        Assert.Empty(sentry.State.Received.Logs());
    }

    [Fact]
    public async Task Spans_with_bad_ids_are_lost_one_by_one_and_their_neighbours_stay()
    {
        await using var sentry = await TestSentry.StartAsync();

        await sentry.ExportAsync(body: Otlp.Traces("orders", Otlp.Span("good"), Otlp.Span("zero trace", new byte[16]), Otlp.Span("short trace", new byte[8]), Otlp.Span("no span id", spanId: [])));

        Assert.Equal("good", Assert.Single(sentry.State.Received.Spans()).Name);
        Assert.Equal(
            [("invalid_span_id", 1), ("invalid_trace_id", 2)],
            sentry.State.Received.Dropped().Select(drop => (drop.Reason, drop.Items)).Order());
    }

    [Fact]
    public async Task Totals_stay_exact_when_the_oldest_items_are_forgotten()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { RecordedItems = 2 });

        await sentry.ExportAsync(body: Otlp.Traces("orders", "one", "two", "three"));

        Assert.Equal(["two", "three"], sentry.State.Received.Spans().Select(span => span.Name));
        Assert.Equal((3, 1), (sentry.State.Received.TotalsOf("orders").Spans, sentry.State.Received.Forgotten));
    }

    [Fact]
    public void Attribute_values_become_text_and_structures_become_json()
    {
        var map = new AnyValue { KvlistValue = new KeyValueList { Values = { new KeyValue { Key = "a", Value = new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { IntValue = 1 }, new AnyValue { BoolValue = true }, new AnyValue() } } } } } } };

        Assert.Equal("""{"a":[1,true,null]}""", Attributes.Text(map));
        Assert.Equal("1.5", Attributes.Text(new AnyValue { DoubleValue = 1.5 }));
        Assert.Equal("plain", Attributes.Text(new AnyValue { StringValue = "plain" }));
        Assert.Equal("", Attributes.Text(null));
    }
}
