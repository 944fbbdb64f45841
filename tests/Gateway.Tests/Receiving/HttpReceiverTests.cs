using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class HttpReceiverTests
{
    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(BadRequest.Descriptor)));

    [Theory]
    [InlineData("/v1/traces", OtlpSignal.Traces)]
    [InlineData("/v1/logs", OtlpSignal.Logs)]
    public async Task A_request_is_handed_over_and_answered_with_an_empty_response(string path, OtlpSignal signal)
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.PostAsync(path, SampleTelemetry.Traces(), "application/x-protobuf; charset=utf-8");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/x-protobuf", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await BytesAsync(response));
        var (received, request) = Assert.Single(receiver.Pipeline.Requests);
        Assert.Equal(signal, received);
        Assert.Equal(SampleTelemetry.Traces(), request);
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    [Fact]
    public async Task An_empty_request_is_a_success()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.PostAsync("/v1/traces", []);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(Assert.Single(receiver.Pipeline.Requests).Request);
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gzip_body_is_handed_over_decompressed(bool chunked)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        var request = SampleTelemetry.Traces(spans: 5000);

        var response = await receiver.PostAsync("/v1/traces", SampleTelemetry.Gzip(request), change: message =>
        {
            message.Content!.Headers.ContentEncoding.Add("gzip");
            message.Headers.TransferEncodingChunked = chunked;
        });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(request, Assert.Single(receiver.Pipeline.Requests).Request);
    }

    [Fact]
    public async Task Rejected_items_are_told_as_partial_success()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Outcome = IngestOutcome.Partial(3, "no project");

        var response = await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var partial = ExportTraceServiceResponse.Parser.ParseFrom(await BytesAsync(response)).PartialSuccess;
        Assert.Equal((3, "no project"), (partial.RejectedSpans, partial.ErrorMessage));
    }

    [Fact]
    public async Task A_full_gateway_answers_429_with_the_delay()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Outcome = IngestOutcome.Full(TimeSpan.FromSeconds(2.5), "the queue is full");

        var response = await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces());

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
        var status = await StatusAsync(response);
        Assert.Equal((8, "the queue is full"), (status.Code, status.Message));
        Assert.Equal(TimeSpan.FromSeconds(2.5), status.Details.Single().Unpack<RetryInfo>().RetryDelay.ToTimeSpan());
    }

    [Fact]
    public async Task A_gateway_that_is_not_ready_answers_503_without_reading_the_body()
    {
        await using var receiver = await RunningReceiver.StartAsync(memory: 0);
        receiver.Pipeline.RefusalNow = IngestOutcome.Unavailable(TimeSpan.FromSeconds(5), "not ready");

        var response = await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.Equal((14, "not ready"), ((await StatusAsync(response)).Code, (await StatusAsync(response)).Message));
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.Unavailable]);
    }

    [Fact]
    public async Task A_gateway_without_memory_answers_429()
    {
        await using var receiver = await RunningReceiver.StartAsync(memory: 1000);

        var response = await receiver.PostAsync("/v1/traces", new byte[2000]);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.NoMemory]);
        Assert.Equal(0, receiver.Admission.Reserved);
        Assert.Empty(receiver.Pipeline.Requests);
    }

    [Fact]
    public async Task Invalid_data_is_answered_400_with_the_reason()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Outcome = IngestOutcome.Invalid("the message ends inside a field at byte 7");

        var response = await receiver.PostAsync("/v1/logs", [1]);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var status = await StatusAsync(response);
        Assert.Equal((3, "the message ends inside a field at byte 7"), (status.Code, status.Message));
        Assert.Equal(status.Message, status.Details.Single().Unpack<BadRequest>().FieldViolations.Single().Description);
    }

    [Theory]
    [InlineData(RunningReceiver.MaxRequestBytes + 1, false)]
    [InlineData(RunningReceiver.MaxRequestBytes + 1, true)]
    [InlineData(40 << 20, false)]
    public async Task A_body_above_the_limit_is_answered_413_that_the_client_sees(int bytes, bool chunked)
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.PostAsync("/v1/traces", new byte[bytes], change: message => message.Headers.TransferEncodingChunked = chunked);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(8, (await StatusAsync(response)).Code);
        Assert.Null(response.Headers.RetryAfter);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.TooLarge]);
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    [Fact]
    public async Task A_body_that_inflates_beyond_the_limit_is_answered_413()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.PostAsync(
            "/v1/traces",
            SampleTelemetry.Gzip(new byte[RunningReceiver.MaxRequestBytes + 1]),
            change: message => message.Content!.Headers.ContentEncoding.Add("gzip"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_compressed_body_that_is_cut_short_is_answered_400()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        var body = SampleTelemetry.Gzip(SampleTelemetry.Traces(100));

        var response = await receiver.PostAsync("/v1/traces", body[..^12], change: message => message.Content!.Headers.ContentEncoding.Add("gzip"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(receiver.Pipeline.Requests);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.Malformed]);
    }

    [Fact]
    public async Task Json_is_handed_over_as_protobuf_and_answered_in_json()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Outcome = IngestOutcome.Partial(1, "no project");

        var response = await receiver.PostAsync(
            "/v1/traces", [.. """{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"span 0"}]}]}]}"""u8], "application/json; charset=utf-8");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(SampleTelemetry.Traces(), Assert.Single(receiver.Pipeline.Requests).Request);
        var answer = JsonParser.Default.Parse<ExportTraceServiceResponse>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((1, "no project"), (answer.PartialSuccess.RejectedSpans, answer.PartialSuccess.ErrorMessage));
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    [Fact]
    public async Task Json_that_is_no_request_is_answered_400_in_json()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.PostAsync("/v1/logs", [.. """{"resourceLogs":[{},{"scopeLogs":7}]}"""u8], "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var status = Json.Parse<Status>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((3, "resourceLogs[1].scopeLogs: must be an array"), (status.Code, status.Message));
        Assert.Equal("resourceLogs[1].scopeLogs", status.Details.Single().Unpack<BadRequest>().FieldViolations.Single().Field);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.Malformed]);
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("text/plain")]
    public async Task Another_content_type_is_answered_415(string contentType)
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.PostAsync("/v1/traces", [], contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_encoding_is_answered_415_with_those_that_are_known()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await receiver.PostAsync("/v1/traces", [1], change: message => message.Content!.Headers.ContentEncoding.Add("zstd"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("identity, gzip, deflate, br", response.Headers.GetValues("Accept-Encoding").Single());
    }

    [Fact]
    public async Task Another_method_is_answered_405_and_another_path_404()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Handled.Remove(OtlpSignal.Logs);

        var put = await receiver.PostAsync("/v1/traces", [], change: message => message.Method = HttpMethod.Put);
        var path = await receiver.PostAsync("/v1/other", []);
        var signal = await receiver.PostAsync("/v1/logs", []);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
        Assert.Equal(["POST"], put.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.NotFound, path.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, signal.StatusCode);
        Assert.Equal(3, receiver.Receiver.Refusals[RefusalReason.Unsupported]);
    }

    [Fact]
    public async Task Metrics_in_json_are_handed_over_with_all_that_is_in_them()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Handled.Add(OtlpSignal.Metrics);

        await receiver.PostAsync(
            "/v1/metrics", [.. """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"7"}]}}]}]}]}"""u8], "application/json");

        var metric = ExportMetricsServiceRequest.Parser.ParseFrom(Assert.Single(receiver.Pipeline.Requests).Request).ResourceMetrics.Single().ScopeMetrics.Single().Metrics.Single();
        Assert.Equal(("m", 7), (metric.Name, metric.Sum.DataPoints.Single().AsInt));
    }

    [Fact]
    public async Task Requests_of_one_connection_do_not_see_each_other()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        for (var round = 0; round < 3; round++)
        {
            var json = await receiver.PostAsync("/v1/logs", [.. "{}"u8], "application/json");
            var put = await receiver.PostAsync("/v1/traces", [1], change: message => message.Method = HttpMethod.Put);
            var protobuf = await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces());

            Assert.Equal("{}", await json.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
            Assert.Equal((HttpStatusCode.OK, 0, 0), (protobuf.StatusCode, (await BytesAsync(protobuf)).Length, protobuf.Content.Headers.Allow.Count));
        }

        Assert.Equal(1, receiver.Connections);
    }

    [Fact]
    public async Task A_fault_of_the_gateways_own_is_answered_500_and_counted()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Fault = new InvalidOperationException("A fault of the test's own.");

        var response = await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces());

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.Internal]);
        Assert.Equal(0, receiver.Admission.Reserved);
    }

    private static async Task<Status> StatusAsync(HttpResponseMessage response) => Status.Parser.ParseFrom(await BytesAsync(response));

    private static Task<byte[]> BytesAsync(HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
}
