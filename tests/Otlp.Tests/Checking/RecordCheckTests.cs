using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
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

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(5, 5, 0)]
    [InlineData(5, 6, 0)]
    [InlineData(6, 5, 1)]
    [InlineData(5, 0, 1)]
    [InlineData(0, 5, 0)]
    public void A_span_is_refused_when_it_ends_before_it_starts(ulong start, ulong end, int refused)
    {
        var span = Valid();
        (span.StartTimeUnixNano, span.EndTimeUnixNano) = (start, end);
        var linked = span.Clone();
        linked.Links.Add(Link(TraceId, SpanId));

        // The link has the general reader go on; the times come before it.
        var check = RecordCheck.Check(OtlpSignal.Traces, Request(span, Valid(), linked), RecordLimits.Sentry);

        Assert.Equal((0, 2 * refused, 0), (check.InvalidIds, check.InvalidTimes, check.TooLarge));
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

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(500, 0, 1)]
    [InlineData(0, 500, 1)]
    [InlineData(250, 250, 1)]
    [InlineData(250, 100, 0)]
    public void What_Relay_copies_into_a_record_counts(int resourceBytes, int scopeBytes, int refused)
    {
        var span = Valid();
        span.Name = new string('n', 500);
        var request = With(resourceBytes, scopeBytes, span);

        var check = RecordCheck.Check(OtlpSignal.Traces, request, new RecordLimits(1000, 1000));

        Assert.Equal((0, refused), (check.InvalidIds, check.TooLarge));
    }

    [Fact]
    public void A_resource_that_leaves_no_room_for_any_record_is_left_out()
    {
        byte[] request = [.. With(1200, 0, Valid(), Valid()), .. With(100, 0, Valid())];

        var check = RecordCheck.Check(OtlpSignal.Traces, request, new RecordLimits(1000, 1000));
        var left = RecordCheck.Cut(OtlpSignal.Traces, request, new RecordLimits(1000, 1000));

        Assert.Equal(2, check.TooLarge);
        Assert.Equal(With(100, 0, Valid()), request[..left]);
    }

    [Fact]
    public void Events_do_not_count_since_Relay_leaves_them_away()
    {
        var span = Valid();
        span.Events.Add(new Span.Types.Event { Name = new string('e', 5000) });

        Assert.Equal(default, RecordCheck.Check(OtlpSignal.Traces, Request(span), new RecordLimits(1000, 1000)));
    }

    [Fact]
    public void The_bytes_of_what_is_refused_are_told_by_reason()
    {
        var invalid = new Span { Name = "bad" };
        var large = Valid();
        large.Name = new string('n', 2000);

        var check = RecordCheck.Check(OtlpSignal.Traces, Request(Valid(), invalid, large, invalid), new RecordLimits(1000, 1000));

        // Each with its tag, and a length of one byte or of two.
        Assert.Equal((2 * (invalid.CalculateSize() + 2), large.CalculateSize() + 3), (check.InvalidIdBytes, check.TooLargeBytes));
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

    private static byte[] With(int resourceBytes, int scopeBytes, params Span[] spans) => new ExportTraceServiceRequest
    {
        ResourceSpans =
        {
            new ResourceSpans
            {
                Resource = new Resource { Attributes = { new KeyValue { Key = new string('k', resourceBytes) } } },
                ScopeSpans = { new ScopeSpans { Scope = new InstrumentationScope { Name = new string('s', scopeBytes) }, Spans = { spans } } },
            },
        },
    }.ToByteArray();

    private static byte[] Request(params Span[] spans) =>
        new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { spans } } } } } }.ToByteArray();
}
