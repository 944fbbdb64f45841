using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Otlp.Batching;
using SentryOtel.Otlp.Tests.Support;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Tests.Batching;

public sealed class RequestSplitterTests
{
    [Fact]
    public void A_request_within_the_limits_is_its_own_only_part()
    {
        var request = Requests.Traces(Requests.Record("orders", 3));

        var part = Assert.Single(Split(request, new SplitLimits(request.Length, 3)));

        Assert.True(part.Segments.Single().Equals(new ReadOnlyMemory<byte>(request)));
        Assert.Equal(3, part.Items);
    }

    [Fact]
    public void Records_that_fit_are_not_cut()
    {
        var request = Requests.Traces(Requests.Record("a", 4), Requests.Record("a", 4), Requests.Record("a", 4));

        var parts = Split(request, new SplitLimits(MaxItems: 6));

        Assert.Equal([4, 4, 4], parts.Select(part => part.Items));
        Assert.Equal(request, parts.SelectMany(part => part.ToArray()));
    }

    [Fact]
    public void A_record_is_cut_between_scopes_before_scopes_are_cut()
    {
        var request = Requests.Traces(Requests.Record("a", 2, scopes: 3));

        var parts = Split(request, new SplitLimits(MaxItems: 3));

        Assert.Equal([2, 2, 2], parts.Select(part => part.Items));
        Assert.Equal(
            ["scope-0", "scope-1", "scope-2"],
            parts.Select(part => ExportTraceServiceRequest.Parser.ParseFrom(part.ToArray()).ResourceSpans.Single().ScopeSpans.Single().Scope.Name));
    }

    [Fact]
    public void A_lone_item_above_the_limit_goes_alone()
    {
        var record = Requests.Record("a", 3);
        record.ScopeSpans[0].Spans[1].Name = new string('x', 1000);

        var parts = Split(Requests.Traces(record), new SplitLimits(MaxBytes: 200));

        Assert.Equal([1, 1, 1], parts.Select(part => part.Items));
        Assert.Equal([false, true, false], parts.Select(part => part.Length > 200));
    }

    [Fact]
    public void Item_bytes_are_shared_with_the_request_and_not_copied()
    {
        var record = Requests.Record("a", 2);
        record.ScopeSpans[0].Spans[0].Name = new string('x', 10_000);
        var request = Requests.Traces(record);

        var parts = Split(request, new SplitLimits(MaxItems: 1));

        var large = parts[0].Segments.Single(segment => segment.Length > 10_000);
        Assert.True(new ReadOnlyMemory<byte>(request).Span.Overlaps(large.Span));
    }

    [Fact]
    public void Repeated_headers_stay_within_their_budget()
    {
        var record = Requests.Record([Requests.Attribute("service.name", Requests.Text(new string('x', 100_000)))], 1000);
        var request = Requests.Traces(record);

        var parts = Split(request, new SplitLimits(MaxItems: 1, MaxHeaderBytes: 500_000));

        Assert.Equal(1000, parts.Sum(part => part.Items));
        Assert.InRange(parts.Sum(part => part.Length), request.Length, request.Length + 600_000);
        Assert.Equal(Oracle.Items(OtlpSignal.Traces, request), parts.SelectMany(part => Oracle.Items(OtlpSignal.Traces, part.ToArray())));
    }

    [Fact]
    public void The_last_of_the_most_parts_takes_all_that_is_left()
    {
        var request = Requests.Traces(Requests.Record("a", 10), Requests.Record("b", 10));

        var parts = Split(request, new SplitLimits(MaxItems: 1, MaxParts: 4));

        Assert.Equal([1, 1, 1, 17], parts.Select(part => part.Items));
        Assert.Equal(Oracle.Items(OtlpSignal.Traces, request), parts.SelectMany(part => Oracle.Items(OtlpSignal.Traces, part.ToArray())));
    }

    [Fact]
    public void A_malformed_request_is_an_error_and_gives_no_parts()
    {
        var parts = new List<ExportPart>();

        var error = RequestSplitter.Split(OtlpSignal.Logs, new byte[] { 0x0A, 0x05, 0x12 }, new SplitLimits(MaxItems: 1), parts);
        var halving = RequestSplitter.Halve(OtlpSignal.Logs, new byte[] { 0x0A, 0x05, 0x12 }, out _, out var second);

        Assert.Equal(OtlpFault.LengthBeyondEnd, error.Fault);
        Assert.Equal(error, halving);
        Assert.Empty(parts);
        Assert.Null(second);
    }

    [Fact]
    public void Metrics_can_not_be_split() => Assert.Throws<ArgumentOutOfRangeException>(
        () => RequestSplitter.Split(OtlpSignal.Metrics, default, new SplitLimits(), []));

    private static List<ExportPart> Split(byte[] request, SplitLimits limits)
    {
        var parts = new List<ExportPart>();
        Assert.Equal(OtlpError.None, RequestSplitter.Split(OtlpSignal.Traces, request, limits, parts));
        return parts;
    }
}
