using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Logs.V1;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Ingest;

public sealed class RecordGateTests
{
    [Fact]
    public async Task What_Sentry_would_lose_is_refused_with_number_and_reason_and_the_rest_is_delivered()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Routes.Activate("cart");

        var outcome = rig.Ingest(WithoutTraceId(Requests.Traces(("orders", ["a", "bad", "b"]), ("cart", ["bad", "bad"]), ("orders", ["c"]))));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((IngestOutcomeKind.Partial, 3), (outcome.Kind, outcome.Rejected));
        Assert.Contains("3 rejected: Sentry discards spans with an invalid trace id", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c"], rig.Sender.AttemptsOf("orders").SelectMany(Requests.SpanNames));
        Assert.Empty(rig.Sender.AttemptsOf("cart"));
        Assert.Equal((3, 3), (rig.Balance("orders").Accepted, rig.Balance("orders").Sent));
        Assert.Equal([(RejectReason.InvalidId, 3)], Rejected(rig));
        Assert.InRange(rig.Accounts.Rejected.Single().Value.Bytes, 3 * 20, 3 * 80);
    }

    [Fact]
    public void Both_reasons_and_those_of_the_routing_are_told_together()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");

        var outcome = rig.Ingest(WithoutTraceId(Requests.Traces(("orders", ["a", "bad", new string('n', 11 << 20)]), (null, ["no service"]))));

        Assert.Equal((IngestOutcomeKind.Partial, 3), (outcome.Kind, outcome.Rejected));
        Assert.Equal(3, outcome.Message.Split("; ").Length);
        Assert.Contains("above Sentry's limit of 10 MiB for one record", outcome.Message, StringComparison.Ordinal);
        Assert.Equal([(RejectReason.MissingAttribute, 1), (RejectReason.InvalidId, 1), (RejectReason.RecordTooLarge, 1)], Rejected(rig));
    }

    [Fact]
    public void A_span_that_ends_before_it_starts_is_refused_for_that()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        var request = ExportTraceServiceRequest.Parser.ParseFrom(Requests.Spans("orders", 3));
        request.ResourceSpans[0].ScopeSpans[0].Spans[1].EndTimeUnixNano = 0;

        var outcome = rig.Ingest(request.ToByteArray());

        Assert.Equal((IngestOutcomeKind.Partial, 1), (outcome.Kind, outcome.Rejected));
        Assert.Contains("1 rejected: Sentry discards spans that end before they start", outcome.Message, StringComparison.Ordinal);
        Assert.Equal([(RejectReason.InvalidTime, 1)], Rejected(rig));
        Assert.Equal(2, rig.Balance("orders").Accepted);
    }

    [Fact]
    public void A_log_record_that_is_too_large_is_refused_and_one_with_odd_ids_is_not()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        var request = ExportLogsServiceRequest.Parser.ParseFrom(Requests.Logs("orders", "a", new string('b', 3 << 20)));
        Records(request)[0].TraceId = ByteString.CopyFrom([1, 2, 3]);

        var outcome = rig.Ingest(request.ToByteArray(), OtlpSignal.Logs);

        Assert.Equal((IngestOutcomeKind.Partial, 1), (outcome.Kind, outcome.Rejected));
        Assert.Equal(1, rig.Balance("orders", OtlpSignal.Logs).Accepted);
    }

    [Fact]
    public void A_record_that_is_no_message_makes_the_request_invalid_and_nothing_is_taken()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        var request = Requests.Spans("orders", 1);
        request[^9] = 0x0F;

        var outcome = rig.Ingest(request);

        Assert.Equal(IngestOutcomeKind.Invalid, outcome.Kind);
        Assert.Equal(0, rig.Balance("orders").Accepted);
    }

    [Fact]
    public void Nothing_is_looked_at_when_it_is_turned_off()
    {
        using var rig = new Rig(checkRecords: false);
        rig.Routes.Activate("orders");

        var outcome = rig.Ingest(WithoutTraceId(Requests.Traces(("orders", ["a", "bad"]))));

        Assert.Equal(IngestOutcome.Accepted, outcome);
        Assert.Equal(2, rig.Balance("orders").Accepted);
    }

    private static IEnumerable<(RejectReason Reason, long Items)> Rejected(Rig rig) =>
        rig.Accounts.Rejected.Select(pair => (pair.Key.Reason, pair.Value.Items)).OrderBy(pair => pair.Reason);

    private static Google.Protobuf.Collections.RepeatedField<LogRecord> Records(ExportLogsServiceRequest request) =>
        request.ResourceLogs.Single().ScopeLogs.Single().LogRecords;

    private static byte[] WithoutTraceId(byte[] request)
    {
        var traces = ExportTraceServiceRequest.Parser.ParseFrom(request);
        foreach (var span in traces.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans).Where(span => span.Name == "bad"))
        {
            span.TraceId = ByteString.Empty;
        }

        return traces.ToByteArray();
    }
}
