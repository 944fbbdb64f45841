using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>The OpenTelemetry .NET SDK's own exporter against the receiver.</summary>
public sealed class OpenTelemetryExporterTests
{
    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Spans_of_the_sdk_arrive_whole(OtlpExportProtocol protocol)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        using var source = new ActivitySource($"{nameof(Spans_of_the_sdk_arrive_whole)}.{protocol}");
        using (Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name)
            .ConfigureResource(resource => resource.AddService("orders"))
            .AddOtlpExporter(options => Configure(options, receiver, protocol, "/v1/traces"))
            .Build())
        {
            for (var number = 0; number < 3; number++)
            {
                source.StartActivity($"span {number}")?.Stop();
            }
        }

        var requests = receiver.Pipeline.Requests.Select(entry => (entry.Signal, Request: ExportTraceServiceRequest.Parser.ParseFrom(entry.Request))).ToList();

        Assert.All(requests, entry => Assert.Equal(OtlpSignal.Traces, entry.Signal));
        var records = requests.SelectMany(entry => entry.Request.ResourceSpans).ToList();
        Assert.Equal(["span 0", "span 1", "span 2"], records.SelectMany(record => record.ScopeSpans).SelectMany(scope => scope.Spans).Select(span => span.Name));
        Assert.All(records, record => Assert.Equal("orders", record.Resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.StringValue));
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Log_records_of_the_sdk_arrive_whole(OtlpExportProtocol protocol)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        using (var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(
            options => options.AddOtlpExporter(exporter => Configure(exporter, receiver, protocol, "/v1/logs")))))
        {
            factory.CreateLogger("orders").LogWarning("something is wrong");
        }

        var (signal, request) = Assert.Single(receiver.Pipeline.Requests);

        Assert.Equal(OtlpSignal.Logs, signal);
        var record = ExportLogsServiceRequest.Parser.ParseFrom(request).ResourceLogs.Single().ScopeLogs.Single().LogRecords.Single();
        Assert.Equal("something is wrong", record.Body.StringValue);
    }

    private static void Configure(OtlpExporterOptions options, RunningReceiver receiver, OtlpExportProtocol protocol, string path)
    {
        options.Protocol = protocol;
        options.Endpoint = protocol == OtlpExportProtocol.Grpc ? receiver.Grpc : new Uri(receiver.Http, path);
        options.ExportProcessorType = ExportProcessorType.Simple;
    }
}
