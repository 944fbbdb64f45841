using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using SentryOtel.Otlp.Checking;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Tests.Checking;

public sealed class RecordCheckTests
{
    private static readonly byte[] TraceId = [.. Enumerable.Range(1, 16).Select(value => (byte)value)];
    private static readonly byte[] SpanId = [.. Enumerable.Range(1, 8).Select(value => (byte)value)];

    public static TheoryData<string, Action<Span>, int> Spans => new()
    {
        { "as it should be", _ => { }, 0 },
        { "no trace id", span => span.TraceId = ByteString.Empty, 1 },
        { "zero trace id", span => span.TraceId = Zeros(16), 1 },
        { "short trace id", span => span.TraceId = Zeros(15), 1 },
        { "trace id in hexadecimal", span => span.TraceId = ByteString.CopyFromUtf8(Convert.ToHexString(TraceId)), 1 },
        { "no span id", span => span.SpanId = ByteString.Empty, 1 },
        { "zero span id", span => span.SpanId = Zeros(8), 1 },
        { "parent", span => span.ParentSpanId = ByteString.CopyFrom(SpanId), 0 },
        { "zero parent", span => span.ParentSpanId = Zeros(8), 1 },
        { "long parent", span => span.ParentSpanId = ByteString.CopyFrom(TraceId), 1 },
        { "link", span => span.Links.Add(Link(TraceId, SpanId)), 0 },
        { "link without trace", span => span.Links.Add(Link([], SpanId)), 1 },
        { "second link without span", span => span.Links.AddRange([Link(TraceId, SpanId), Link(TraceId, [])]), 1 },
    };

    [Theory]
    [MemberData(nameof(Spans))]
    public void A_span_is_refused_for_ids_that_Relay_discards_it_for(string name, Action<Span> change, int refused)
    {
        var span = Valid();
        change(span);

        var check = RecordCheck.Check(OtlpSignal.Traces, Request(span, Valid()), RecordLimits.Sentry);

        Assert.True((refused, 0) == (check.InvalidIds, check.TooLarge), name);
    }

    [Fact]
    public void A_log_record_is_kept_whatever_its_ids_are()
    {
        var record = new LogRecord { TraceId = ByteString.CopyFrom([1, 2, 3]), SpanId = Zeros(8) };
        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { record, new LogRecord() } } } } } };

        Assert.Equal(default, RecordCheck.Check(OtlpSignal.Logs, request.ToByteArray(), RecordLimits.Sentry));
    }

    [Fact]
    public void A_record_above_the_limit_is_too_large_and_nothing_else()
    {
        var large = new Span { Name = new string('n', 1000) };

        var check = RecordCheck.Check(OtlpSignal.Traces, Request(Valid(), large), new RecordLimits(1000, 1000));

        Assert.Equal((0, 1), (check.InvalidIds, check.TooLarge));
    }

    [Fact]
    public void A_record_that_is_no_message_is_an_error_of_the_request_with_its_place()
    {
        var request = Request(Valid());
        var broken = request[..^1];
        broken[1]--;
        broken[3]--;
        broken[5]--;

        var check = RecordCheck.Check(OtlpSignal.Traces, broken, RecordLimits.Sentry);

        Assert.Equal(OtlpFault.LengthBeyondEnd, check.Error.Fault);
        Assert.Equal((0, 0), (check.InvalidIds, check.TooLarge));
    }

    [Fact]
    public void A_resource_that_loses_all_is_left_out_and_its_neighbours_keep_their_bytes()
    {
        var bad = new Span { Name = "bad" };
        byte[] first = Request(Valid());
        byte[] last = Request(Valid(), Valid());
        byte[] request = [.. first, .. Request(bad, bad), .. last];

        var left = RecordCheck.Cut(OtlpSignal.Traces, request, RecordLimits.Sentry);

        Assert.Equal([.. first, .. last], request[..left]);
    }

    [Fact]
    public void A_length_that_needs_fewer_bytes_than_before_is_written_with_fewer()
    {
        var request = Request(Valid(), new Span { Name = new string('b', 40_000) });

        var left = RecordCheck.Cut(OtlpSignal.Traces, request, RecordLimits.Sentry);

        Assert.Equal(Request(Valid()), request[..left]);
    }

    private static Span Valid() => new() { TraceId = ByteString.CopyFrom(TraceId), SpanId = ByteString.CopyFrom(SpanId), Name = "good" };

    private static Span.Types.Link Link(byte[] trace, byte[] span) => new() { TraceId = ByteString.CopyFrom(trace), SpanId = ByteString.CopyFrom(span) };

    private static ByteString Zeros(int count) => ByteString.CopyFrom(new byte[count]);

    private static byte[] Request(params Span[] spans) =>
        new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { spans } } } } } }.ToByteArray();
}
