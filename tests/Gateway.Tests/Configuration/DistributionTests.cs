using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting;

namespace SentryOtel.Gateway.Tests.Configuration;

/// <summary><c>service.pipelines.*.distribution</c>: who of a pipeline's exporters gets a resource's data.</summary>
public sealed class DistributionTests
{
    [Fact]
    public void Each_exporter_gets_everything_unless_the_first_with_a_route_shall()
    {
        var usual = Read("traces: {receivers: [otlp], exporters: [sentry/eu, sentry/us]}");
        var first = Read("traces: {receivers: [otlp], distribution: first_route, exporters: [sentry/eu, sentry/us]}");

        Assert.DoesNotContain(usual.Problems.Concat(first.Problems), static problem => problem.IsError);
        Assert.Equal(Distribution.All, Assert.Single(usual.Configuration!.Pipelines).Distribution);
        Assert.Equal(Distribution.FirstRoute, Assert.Single(first.Configuration!.Pipelines).Distribution);
        Assert.Contains("pipeline traces: otlp -> sentry/eu, sentry/us, each resource to the first with a route for it", ConfigurationSummary.Of(first.Configuration), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("traces: {receivers: [otlp], distribution: best, exporters: [sentry/eu]}", "service.pipelines.traces.distribution", "first_route")]
    [InlineData("traces: {receivers: [otlp], distribution: first_route, exporters: [sentry/eu, sentry/other]}", "service.pipelines.traces.distribution", "service.name and service.namespace")]
    [InlineData("traces: {receivers: [otlp], distribution: first_route, exporters: [sentry/eu]}, traces/all: {receivers: [otlp], exporters: [sentry/us]}", "service.pipelines.traces", "only pipeline of its receivers for traces; join traces/all")]
    [InlineData("metrics: {receivers: [otlp], distribution: first_route, exporters: [sentry/eu]}", "service.pipelines.metrics.distribution", "no meaning for metrics")]
    public void What_can_not_be_is_an_error_that_says_why(string pipelines, string path, string expected)
    {
        var result = Read(pipelines);

        var problem = Assert.Single(result.Problems, static problem => problem.IsError);
        Assert.Equal(path, problem.Path);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    private static ConfigurationResult Read(string pipelines) => ConfigurationFile.Read(
        $$"""
        receivers: {otlp: {protocols: {grpc: , http: } } }
        exporters:
          sentry/eu: {projects: {source: kubernetes, exporter: eu}, metrics: {forward_to: {endpoint: "http://127.0.0.1:4318"} } }
          sentry/us: {projects: {source: kubernetes, exporter: us} }
          sentry/other: {projects: {source: kubernetes, exporter: other}, routing: {project_from_attribute: service.namespace} }
        service: {pipelines: { {{pipelines}} } }
        """,
        _ => null,
        _ => throw new FileNotFoundException(),
        1L << 30);
}
