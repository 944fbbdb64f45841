using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Tests.Configuration;

public sealed class PushConfigurationTests
{
    [Fact]
    public void Periodic_reader_and_batch_processor_are_read_as_the_Collector_does()
    {
        var result = Read("""
            resource: {service.name: my-gateway, service.instance.id: null, attributes: [{name: team, value: platform}]}
            metrics:
              readers:
                - periodic: {interval: 10000, timeout: 5s, exporter: {otlp: {protocol: http/protobuf, endpoint: "http://a:4318", headers: {x-key: k}, temporality_preference: delta}}}
            traces:
              sampler: {trace_id_ratio_based: {ratio: 0.25}}
              processors:
                - batch: {schedule_delay: 1000, max_queue_size: 100, exporter: {otlp: {protocol: grpc, endpoint: "b:4317", insecure: true, headers_list: "a=1,b=2", compression: gzip}}}
            """);

        Assert.Empty(result.Problems);
        var push = result.Configuration!.Telemetry.Push!;
        var metrics = Assert.Single(push.Metrics);
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), true), (metrics.Interval, metrics.Timeout, metrics.Delta));
        Assert.Equal((new Uri("http://a:4318/v1/metrics"), false, "k"), (metrics.Target.Address, metrics.Target.IsGrpc, metrics.Target.Headers["x-key"].Value));
        var traces = Assert.Single(push.Traces);
        Assert.Equal((new Uri("http://b:4317"), true, true), (traces.Target.Address, traces.Target.IsGrpc, traces.Target.Gzip));
        Assert.Equal((TimeSpan.FromSeconds(1), 100, 100), (traces.Delay, traces.MaxQueueSize, traces.MaxBatchSize));
        Assert.Equal(["1", "2"], traces.Target.Headers.Values.Select(value => value.Value));
        Assert.Equal(0.25, push.SampleRatio);
        Assert.Equal([("service.name", "my-gateway"), ("service.instance.id", null), ("team", "platform")], push.Resource.OrderBy(pair => pair.Key switch { "service.name" => 0, "team" => 2, _ => 1 }).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Nothing_is_pushed_unless_it_is_configured() => Assert.Null(Read("logs: {level: info}").Configuration!.Telemetry.Push);

    [Theory]
    [InlineData("metrics: {readers: [{periodic: {}}]}", "service.telemetry.metrics.readers[0].periodic.exporter", "must be configured")]
    [InlineData("metrics: {readers: [{periodic: {exporter: {console: {}}}}]}", "service.telemetry.metrics.readers[0].periodic.exporter.console", "not supported yet")]
    [InlineData("metrics: {readers: [{periodic: {exporter: {otlp: {endpoint: 'ftp://x'}}}}]}", "service.telemetry.metrics.readers[0].periodic.exporter.otlp.endpoint", "http or https")]
    [InlineData("traces: {processors: [{batch: {exporter: {otlp: {protocol: http/json}}}}]}", "service.telemetry.traces.processors[0].batch.exporter.otlp.protocol", "http/protobuf")]
    [InlineData("traces: {processors: [{simple: {}}]}", "service.telemetry.traces.processors[0].simple", "not supported yet")]
    [InlineData("traces: {sampler: {trace_id_ratio_based: {ratio: 2}}}", "service.telemetry.traces.sampler.trace_id_ratio_based.ratio", "from 0 to 1")]
    [InlineData("traces: {sampler: {jaeger_remote: {}}}", "service.telemetry.traces.sampler.jaeger_remote", "unknown key")]
    public void Problem_is_told_with_its_path(string telemetry, string path, string cure)
    {
        var result = Read(telemetry);

        Assert.Null(result.Configuration);
        var problem = Assert.Single(result.Problems, candidate => candidate.IsError && candidate.Path == path);
        Assert.Contains(cure, problem.Message, StringComparison.Ordinal);
    }

    private static ConfigurationResult Read(string telemetry) => ConfigurationFile.Read(
        $$"""
        receivers: {otlp: {protocols: {http: } } }
        exporters: {sentry: {dsn: "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1" } }
        service:
          telemetry:
            {{telemetry.ReplaceLineEndings("\n").Replace("\n", "\n    ", StringComparison.Ordinal)}}
          pipelines: {traces: {receivers: [otlp], exporters: [sentry] } }
        """,
        _ => null,
        _ => throw new FileNotFoundException(),
        1L << 30);
}
