using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Clients.DotNet;

/// <summary>OpenTelemetry .NET over gRPC and http/protobuf.</summary>
public sealed partial class DotNetTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Every_span_and_log_record_arrives_once_in_its_project(OtlpExportProtocol protocol)
    {
        await using var world = await ClientWorld.StartAsync(sentry);
        var orders = await sentry.StandIn.NewProjectAsync("orders");
        var spans = new List<string>();
        var logs = new List<string>();
        using var source = new ActivitySource($"clients-{protocol}");
        var resource = ResourceBuilder.CreateEmpty().AddService(orders.Slug);
        using (var tracing = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(source.Name)
            .AddOtlpExporter(options => Configure(options, "v1/traces")).Build())
        using (var logging = LoggerFactory.Create(builder => builder.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(resource);
            options.AddOtlpExporter(exporter => Configure(exporter, "v1/logs"));
        })))
        {
            var logger = logging.CreateLogger("clients");
            for (var i = 0; i < 300; i++)
            {
                using var activity = source.StartActivity("step", ActivityKind.Server)!;
                spans.Add($"{activity.TraceId}/{activity.SpanId}");
                var body = string.Create(CultureInfo.InvariantCulture, $"{orders.Slug} line {i}");
                Say(logger, body);
                logs.Add(body);
            }

            Assert.True(tracing.ForceFlush());
        }

        await ClientWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_accepted_total") == 600, "600 items");
        await world.SettleAsync();
        await world.AssertReceivedAsync(orders, spans, logs);

        void Configure(OtlpExporterOptions options, string path)
        {
            options.Protocol = protocol;
            options.Endpoint = protocol == OtlpExportProtocol.Grpc ? world.Gateway.Grpc : new Uri(world.Gateway.Http, path);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Body}")]
    private static partial void Say(ILogger logger, string body);
}
