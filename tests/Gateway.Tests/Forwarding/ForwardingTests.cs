using System.Net;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Receiving;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Gateway.Tests.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Forwarding;

/// <summary>Over real sockets: the destination is an OTLP receiver of both protocols.</summary>
public sealed class ForwardingTests
{
    private const string Pipeline = "metrics: {receivers: [otlp], exporters: [sentry]}";

    [Theory]
    [InlineData("grpc", "gzip")]
    [InlineData("grpc", "none")]
    [InlineData("http/protobuf", "gzip")]
    [InlineData("http/protobuf", "none")]
    public async Task Metrics_arrive_unchanged_at_the_destination(string protocol, string compression)
    {
        await using var destination = await DestinationAsync();
        await using var gateway = await LiveGateway.StartAsync(ForwardTo(destination, protocol, $"compression: {compression}"), pipelines: Pipeline);
        var request = SampleTelemetry.Metrics(points: 9);

        using var response = await gateway.PostAsync("/v1/metrics", request);
        await gateway.UntilAsync(() => AccountOf(gateway).Read().Sent == 9, "the data points");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var (signal, received) = Assert.Single(destination.Pipeline.Requests);
        Assert.Equal(OtlpSignal.Metrics, signal);
        Assert.Equal(request, received);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task What_the_destination_leaves_out_is_counted(string protocol)
    {
        await using var destination = await DestinationAsync();
        destination.Pipeline.Outcome = IngestOutcome.Partial(3, "too many labels");
        await using var gateway = await LiveGateway.StartAsync(ForwardTo(destination, protocol), pipelines: Pipeline);

        (await gateway.PostAsync("/v1/metrics", SampleTelemetry.Metrics(points: 10))).Dispose();
        await gateway.UntilAsync(() => AccountOf(gateway).Read().Queued == 0, "the answer");

        var balance = AccountOf(gateway).Read();
        Assert.Equal((7, 3), (balance.Sent, balance.DroppedFor(DropReason.PartialSuccess)));
        var scrape = Exposition.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken));
        Assert.Equal(1, scrape.AssertBalanced());
        Assert.Equal(3, scrape.Sum("sentry_otel_gateway_items_dropped_total", ("signal", "metrics"), ("project", MetricsForwarder.ProjectName), ("reason", "partial_success")));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Destination_that_is_full_gets_the_data_when_it_has_room_again(string protocol)
    {
        await using var destination = await DestinationAsync();
        destination.Pipeline.Outcome = IngestOutcome.Full(TimeSpan.FromSeconds(1), "full");
        await using var gateway = await LiveGateway.StartAsync(ForwardTo(destination, protocol), pipelines: Pipeline);

        (await gateway.PostAsync("/v1/metrics", SampleTelemetry.Metrics(points: 4))).Dispose();
        await gateway.UntilAsync(() => AccountOf(gateway).Read().LastFailure is not null, "the first attempt");
        Assert.Contains("full", AccountOf(gateway).Read().LastFailure!.Message, StringComparison.Ordinal);
        destination.Pipeline.Outcome = IngestOutcome.Accepted;

        await gateway.UntilAsync(() => AccountOf(gateway).Read().Sent == 4, "the data points");
        Assert.True(AccountOf(gateway).Read().Retries > 0);
    }

    [Fact]
    public async Task Without_a_destination_metrics_are_refused_with_their_number_and_a_sentence()
    {
        await using var gateway = await LiveGateway.StartAsync();

        using var response = await gateway.PostAsync("/v1/metrics", SampleTelemetry.Metrics(points: 7));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var partial = ExportMetricsServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).PartialSuccess;
        Assert.Equal(7, partial.RejectedDataPoints);
        Assert.Contains("metrics.forward_to", partial.ErrorMessage, StringComparison.Ordinal);
        var scrape = Exposition.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken));
        Assert.Equal(7, scrape.Sum("sentry_otel_gateway_items_rejected_total", ("signal", "metrics"), ("reason", "no_destination")));
    }

    [Fact]
    public async Task Stop_forwards_what_was_acknowledged()
    {
        await using var destination = await DestinationAsync();
        await using var gateway = await LiveGateway.StartAsync(ForwardTo(destination, "grpc"), pipelines: Pipeline);
        for (var i = 0; i < 20; i++)
        {
            (await gateway.PostAsync("/v1/metrics", SampleTelemetry.Metrics(points: 5))).Dispose();
        }

        await gateway.Host.StopAsync();

        Assert.Equal(20, destination.Pipeline.Requests.Count);
        Assert.Equal(100, AccountOf(gateway).Read().Sent);
    }

    private static async Task<RunningReceiver> DestinationAsync()
    {
        var destination = await RunningReceiver.StartAsync();
        destination.Pipeline.Handled.Add(OtlpSignal.Metrics);
        return destination;
    }

    private static string ForwardTo(RunningReceiver destination, string protocol, string more = "timeout: 10s") =>
        $"metrics: {{forward_to: {{endpoint: '{(protocol == "grpc" ? destination.Grpc : destination.Http)}', protocol: {protocol}, {more}}}}}";

    private static ProjectAccount AccountOf(LiveGateway gateway) => gateway.Host.Accounts.Of("sentry", OtlpSignal.Metrics, MetricsForwarder.ProjectName);
}
