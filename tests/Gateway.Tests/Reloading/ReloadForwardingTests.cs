using System.Net;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Receiving;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary><c>metrics.forward_to</c> comes, changes and goes while the gateway runs.</summary>
public sealed class ReloadForwardingTests
{
    private const string Pipeline = "metrics: {receivers: [otlp], exporters: [sentry]}";

    [Fact]
    public async Task Forwarding_begins_ends_and_begins_again_without_a_restart()
    {
        await using var destination = await DestinationAsync();
        await using var rig = await ReloadRig.StartAsync();
        Assert.Equal(4, await SendAsync(rig, 4));

        // When it begins, metrics are taken
        await rig.ReloadAsync(Forwarding(rig, destination));
        Assert.Equal(0, await SendAsync(rig, 5));
        await rig.UntilAsync(() => Books(rig).Sent == 5, "the data points");
        Assert.DoesNotContain(rig.Log, line => line.Contains("restart", StringComparison.Ordinal));

        // When it ends, they are rejected with a word on what to do, as before it began
        await rig.ReloadAsync(rig.Yaml());
        Assert.Equal(6, await SendAsync(rig, 6));

        // And it begins again
        await rig.ReloadAsync(Forwarding(rig, destination));
        Assert.Equal(0, await SendAsync(rig, 7));
        await rig.UntilAsync(() => Books(rig).Sent == 12, "the data points of both times");
        Assert.Equal(2, destination.Pipeline.Requests.Count);
        Assert.Equal((12, 0), (Books(rig).Accepted, Books(rig).TotalDropped));
    }

    [Fact]
    public async Task What_waits_goes_to_the_new_destination()
    {
        await using var down = await DestinationAsync();
        down.Pipeline.Outcome = IngestOutcome.Full(TimeSpan.FromSeconds(1), "full");
        await using var up = await DestinationAsync();
        await using var rig = await ReloadRig.StartAsync(rig => Forwarding(rig, down));
        await SendAsync(rig, 5);
        await rig.UntilAsync(() => Books(rig).LastFailure is not null, "the failure");

        await rig.ReloadAsync(Forwarding(rig, up));

        await rig.UntilAsync(() => Books(rig).Sent == 5, "the data points");
        Assert.Single(up.Pipeline.Requests);
    }

    [Fact]
    public async Task What_waits_when_forwarding_ends_goes_where_it_was_to_go()
    {
        await using var destination = await DestinationAsync();
        destination.Pipeline.Outcome = IngestOutcome.Full(TimeSpan.FromSeconds(1), "full");
        await using var rig = await ReloadRig.StartAsync(rig => Forwarding(rig, destination));
        await SendAsync(rig, 5);
        await rig.UntilAsync(() => Books(rig).LastFailure is not null, "the failure");

        await rig.ReloadAsync(rig.Yaml());
        destination.Pipeline.Outcome = IngestOutcome.Accepted;

        await rig.UntilAsync(() => Books(rig).Sent == 5, "the data points");
    }

    private static async Task<RunningReceiver> DestinationAsync()
    {
        var destination = await RunningReceiver.StartAsync();
        destination.Pipeline.Handled.Add(OtlpSignal.Metrics);
        return destination;
    }

    private static string Forwarding(ReloadRig rig, RunningReceiver destination) =>
        rig.Yaml($"metrics: {{forward_to: {{endpoint: '{destination.Http}'}} }}", pipelines: Pipeline);

    private static AccountBalance Books(ReloadRig rig) => rig.Host.Accounts.Of("sentry", OtlpSignal.Metrics, MetricsForwarder.ProjectName).Read();

    // How many data points were rejected.
    private static async Task<long> SendAsync(ReloadRig rig, int points)
    {
        using var response = await rig.PostAsync(SampleTelemetry.Metrics(points), path: "/v1/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = ExportMetricsServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        return answer.PartialSuccess?.RejectedDataPoints ?? 0;
    }
}
