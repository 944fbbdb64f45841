using Google.Protobuf;
using Google.Rpc;
using Grpc.Health.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class GrpcReceiverTests
{
    private const string HealthCheck = "/grpc.health.v1.Health/Check";

    [Theory]
    [InlineData(SampleTelemetry.TraceExport, OtlpSignal.Traces)]
    [InlineData(SampleTelemetry.LogsExport, OtlpSignal.Logs)]
    public async Task A_request_is_handed_over_and_answered_with_an_empty_response(string method, OtlpSignal signal)
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.CallAsync(method, SampleTelemetry.Frame(SampleTelemetry.Traces()));

        Assert.Equal(SampleTelemetry.Frame([]), await BytesAsync(response));
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
        Assert.Equal((signal, 1), (receiver.Pipeline.Requests.Single().Signal, receiver.Pipeline.Requests.Count));
        Assert.Equal(SampleTelemetry.Traces(), receiver.Pipeline.Requests.Single().Request);
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    [Fact]
    public async Task A_gzip_message_is_handed_over_decompressed()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        var request = SampleTelemetry.Traces(spans: 5000);

        var response = await receiver.CallAsync(
            SampleTelemetry.TraceExport,
            SampleTelemetry.Frame(SampleTelemetry.Gzip(request), flag: 1),
            message => message.Headers.Add("grpc-encoding", "gzip"));

        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
        Assert.Equal(request, Assert.Single(receiver.Pipeline.Requests).Request);
    }

    [Fact]
    public async Task Rejected_items_are_told_as_partial_success()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Outcome = IngestOutcome.Partial(3, "no project");

        var response = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()));

        var partial = ExportTraceServiceResponse.Parser.ParseFrom((await BytesAsync(response)).AsSpan(5)).PartialSuccess;
        Assert.Equal((3, "no project"), (partial.RejectedSpans, partial.ErrorMessage));
    }

    [Fact]
    public async Task Each_outcome_has_its_status_and_retry_info_only_when_a_retry_helps()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        (IngestOutcome Outcome, string Code, TimeSpan? Delay)[] cases =
        [
            (IngestOutcome.Full(TimeSpan.FromSeconds(2), "full"), "8", TimeSpan.FromSeconds(2)),
            (IngestOutcome.Unavailable(TimeSpan.FromSeconds(5), "not ready"), "14", TimeSpan.FromSeconds(5)),
            (IngestOutcome.Invalid("bad"), "3", null),
        ];

        foreach (var (outcome, code, delay) in cases)
        {
            receiver.Pipeline.Outcome = outcome;
            var response = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()));
            Assert.Equal((code, outcome.Message), (Header(response, "grpc-status"), Header(response, "grpc-message")));
            Assert.Equal(delay, RetryDelay(response));
        }
    }

    [Fact]
    public async Task A_gateway_that_is_not_ready_is_unavailable_before_a_byte_is_read()
    {
        await using var receiver = await RunningReceiver.StartAsync(memory: 0);
        receiver.Pipeline.RefusalNow = IngestOutcome.Unavailable(TimeSpan.FromSeconds(5), "not ready");

        var response = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()));

        Assert.Equal(("14", TimeSpan.FromSeconds(5)), (Header(response, "grpc-status"), RetryDelay(response)));
    }

    [Fact]
    public async Task A_gateway_without_memory_is_exhausted_with_retry_info()
    {
        await using var receiver = await RunningReceiver.StartAsync(memory: 1000);

        var response = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(new byte[2000]));

        Assert.Equal(("8", TimeSpan.FromSeconds(1)), (Header(response, "grpc-status"), RetryDelay(response)));
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.NoMemory]);
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_exhausted_without_retry_info()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(new byte[RunningReceiver.MaxRequestBytes + 1]));

        Assert.Equal(("8", null), (Header(response, "grpc-status"), RetryDelay(response)));
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.TooLarge]);
    }

    [Theory]
    [InlineData("/opentelemetry.proto.collector.trace.v1.TraceService/Import")]
    [InlineData("/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export")]
    [InlineData(SampleTelemetry.LogsExport)]
    public async Task Unknown_methods_and_signals_without_a_pipeline_are_unimplemented(string method)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Handled.Remove(OtlpSignal.Logs);

        var response = await receiver.CallAsync(method, SampleTelemetry.Frame([]));

        Assert.Equal("12", Header(response, "grpc-status"));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("snappy")]
    public async Task An_encoding_that_is_not_served_is_unimplemented_and_those_that_are_are_named(string encoding)
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.CallAsync(
            SampleTelemetry.TraceExport, SampleTelemetry.Frame([0x28, 0xB5, 0x2F, 0xFD], flag: 1), message => message.Headers.Add("grpc-encoding", encoding));

        Assert.Equal(("12", "identity, gzip, deflate, br"), (Header(response, "grpc-status"), string.Join(", ", response.Headers.GetValues("grpc-accept-encoding"))));
        Assert.Contains("use one of identity, gzip, deflate, br", Header(response, "grpc-message"), StringComparison.Ordinal);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.Unsupported]);
        Assert.Empty(receiver.Pipeline.Requests);
    }

    [Fact]
    public async Task A_call_whose_deadline_passes_before_its_message_is_there_says_so_and_gives_its_memory_back()
    {
        var clock = new FakeTimeProvider();
        await using var receiver = await RunningReceiver.StartAsync(options: new ReceiverOptions { TimeProvider = clock });
        var content = new PausedContent([0, 0, 0, 0, 100, 1, 2, 3]);

        var call = receiver.CallAsync(SampleTelemetry.TraceExport, content, message => message.Headers.Add("grpc-timeout", "5S"));

        // The call's own, and the receiver's for reading.
        await clock.WaitForTimersAsync(2, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(5));
        var response = await call;
        content.Release();
        Assert.Equal("4", Header(response, "grpc-status"));
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.TooSlow]);
        await Eventually.HoldsAsync(() => receiver.Admission.Reserved == 0, TimeSpan.FromSeconds(30), "the memory", TestContext.Current.CancellationToken);
        Assert.Empty(receiver.Pipeline.Requests);
    }

    [Fact]
    public async Task A_deadline_does_not_matter_to_a_message_that_is_there()
    {
        await using var receiver = await RunningReceiver.StartAsync(options: new ReceiverOptions { TimeProvider = new FakeTimeProvider() });

        var response = await receiver.CallAsync(
            SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()), message => message.Headers.Add("grpc-timeout", "10S"));

        await BytesAsync(response);
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
        Assert.Single(receiver.Pipeline.Requests);
    }

    [Theory]
    [InlineData(HealthCheck, "opentelemetry.proto.collector.profiles.v1.ProfilesService", "5")]
    [InlineData(HealthCheck, "opentelemetry.proto.collector.metrics.v1.MetricsService", "5")]
    [InlineData("/grpc.health.v1.Health/Watch", "", "12")]
    public async Task Health_of_what_is_not_there_is_not_found_and_watching_is_not_served(string method, string service, string status)
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.CallAsync(method, SampleTelemetry.Frame(new HealthCheckRequest { Service = service }.ToByteArray()));

        Assert.Equal(status, Header(response, "grpc-status"));
    }

    [Theory]
    [InlineData("", true, HealthCheckResponse.Types.ServingStatus.Serving)]
    [InlineData("opentelemetry.proto.collector.trace.v1.TraceService", true, HealthCheckResponse.Types.ServingStatus.Serving)]
    [InlineData("", false, HealthCheckResponse.Types.ServingStatus.NotServing)]
    public async Task Health_says_whether_requests_are_taken(string service, bool ready, HealthCheckResponse.Types.ServingStatus expected)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.RefusalNow = ready ? null : IngestOutcome.Unavailable(TimeSpan.FromSeconds(1), "not ready");

        var response = await receiver.CallAsync(HealthCheck, SampleTelemetry.Frame(new HealthCheckRequest { Service = service }.ToByteArray()));

        Assert.Equal(expected, HealthCheckResponse.Parser.ParseFrom((await BytesAsync(response)).AsSpan(5)).Status);
    }

    [Fact]
    public async Task A_connection_that_grew_old_is_replaced_and_no_call_is_lost()
    {
        var clock = new FakeTimeProvider();
        await using var receiver = await RunningReceiver.StartAsync(
            options: new ReceiverOptions { TimeProvider = clock },
            configure: protocol => protocol with { Connections = new ConnectionConfiguration { MaxConnectionAge = TimeSpan.FromMinutes(10) } });
        await CallAsync();
        clock.Advance(TimeSpan.FromMinutes(9));
        await CallAsync();
        Assert.Equal(1, receiver.Connections);

        clock.Advance(TimeSpan.FromMinutes(1));

        await Eventually.HoldsAsync(
            async () =>
            {
                await CallAsync();
                return receiver.Connections == 2;
            },
            TimeSpan.FromSeconds(30),
            "a second connection",
            TestContext.Current.CancellationToken);

        async Task CallAsync()
        {
            var response = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()));
            await BytesAsync(response);
            Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        }
    }

    private static TimeSpan? RetryDelay(HttpResponseMessage response)
    {
        if (!response.TrailingHeaders.TryGetValues("grpc-status-details-bin", out var values))
        {
            return null;
        }

        var status = Status.Parser.ParseFrom(Convert.FromBase64String(values.Single()));
        return status.Details.Single().Unpack<RetryInfo>().RetryDelay.ToTimeSpan();
    }

    // An error that asks for a delay has its status among the trailers, any other among the headers.
    private static string Header(HttpResponseMessage response, string name) =>
        (response.Headers.Contains(name) ? response.Headers : response.TrailingHeaders).GetValues(name).Single();

    private static Task<byte[]> BytesAsync(HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
}
