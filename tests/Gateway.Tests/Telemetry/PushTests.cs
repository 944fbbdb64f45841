using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Resource.V1;
using SentryOtel.Gateway.Tests.Receiving;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Telemetry;

public sealed class PushTests
{
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Gateway_sends_metrics_and_spans_of_its_own(string protocol)
    {
        await using var destination = await RunningReceiver.StartAsync();
        destination.Pipeline.Handled.Add(OtlpSignal.Metrics);
        var exporter = $"{{otlp: {{protocol: {protocol}, endpoint: '{(protocol == "grpc" ? destination.Grpc : destination.Http)}', headers: [{{name: authorization, value: 'Bearer a=b,c'}}]}}}}";
        await using (var gateway = await LiveGateway.StartAsync(
            telemetry: $$"""
                {resource: {deployment.environment.name: test}, metrics: {address: '127.0.0.1:0', readers: [{periodic: {interval: 200, exporter: {{exporter}} } }]},
                 traces: {sampler: {parent_based: {root: {trace_id_ratio_based: {ratio: 1.0} } } }, processors: [{batch: {schedule_delay: 100, exporter: {{exporter}} } }]} }
                """.ReplaceLineEndings(" "),
            projects: "orders"))
        {
            await gateway.SendTracesAsync(Requests.Spans("orders", 7));

            await gateway.UntilAsync(() => Sent(destination) >= 7, "the gateway's metrics");
            await gateway.UntilAsync(() => SpanNames(destination).Contains("receive") && SpanNames(destination).Contains("export"), "the gateway's spans");
        }

        // A reading of the SDK's that finds nothing yet is sent with nothing in it.
        Assert.All(Metrics(destination), request => AssertOwn(request.ResourceMetrics.Where(resource => resource.ScopeMetrics.Count > 0).Select(resource => resource.Resource)));
        Assert.All(Traces(destination), request => AssertOwn(request.ResourceSpans.Select(resource => resource.Resource)));
        Assert.All(
            Traces(destination).SelectMany(request => request.ResourceSpans).SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans),
            span => Assert.True(span.ParentSpanId.IsEmpty));
    }

    // Other gateways of this process may send here too: their meters have the same name.
    private static long Sent(RunningReceiver destination) => Metrics(destination)
        .SelectMany(request => request.ResourceMetrics).SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics)
        .Where(metric => metric.Name == "sentry_otel.gateway.items.sent")
        .SelectMany(metric => metric.Sum.DataPoints)
        .Where(point => point.Attributes.Any(attribute => attribute.Key == "project" && attribute.Value.StringValue == "orders"))
        .Select(point => point.AsInt)
        .DefaultIfEmpty(0)
        .Max();

    private static HashSet<string> SpanNames(RunningReceiver destination) => [.. Traces(destination)
        .SelectMany(request => request.ResourceSpans).SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans).Select(span => span.Name)];

    private static void AssertOwn(IEnumerable<Resource> resources)
    {
        foreach (var resource in resources)
        {
            var attributes = resource.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value.StringValue);
            Assert.Equal("sentry-otel-gateway", attributes["service.name"]);
            Assert.Equal("test", attributes["deployment.environment.name"]);
        }
    }

    private static ExportMetricsServiceRequest[] Metrics(RunningReceiver destination) =>
        [.. destination.Pipeline.Requests.Where(entry => entry.Signal == OtlpSignal.Metrics).Select(entry => ExportMetricsServiceRequest.Parser.ParseFrom(entry.Request))];

    private static ExportTraceServiceRequest[] Traces(RunningReceiver destination) =>
        [.. destination.Pipeline.Requests.Where(entry => entry.Signal == OtlpSignal.Traces).Select(entry => ExportTraceServiceRequest.Parser.ParseFrom(entry.Request))];
}
