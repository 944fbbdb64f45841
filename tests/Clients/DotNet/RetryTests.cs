using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Clients.DotNet;

/// <summary>OpenTelemetry .NET before a gateway that is full.</summary>
public sealed class RetryTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    // The SDK sends again only where this is switched on.
    private static readonly Dictionary<string, string?> Retrying = new() { ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory" };

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Client_that_is_told_to_come_back_sends_again_and_nothing_is_lost(OtlpExportProtocol protocol)
    {
        // One batch fills the queue, so that the next ones find no room until Sentry is back.
        var orders = await sentry.StandIn.NewProjectAsync("orders");
        await using var world = await ClientWorld.StartAsync(sentry, new GatewaySettings { Exporter = ["queue: {max_bytes_per_project: 6KiB}", "http: {compression: none}"] });
        var down = await sentry.StandIn.FaultAsync(new Fault { Path = orders.Ingest, Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
        using var source = new ActivitySource($"retry-{protocol}");
        using var tracing = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(Retrying).Build()))
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(orders.Slug))
            .AddSource(source.Name)
            .AddOtlpExporter(options =>
            {
                options.Protocol = protocol;
                options.Endpoint = protocol == OtlpExportProtocol.Grpc ? world.Gateway.Grpc : new Uri(world.Gateway.Http, "v1/traces");
                options.TimeoutMilliseconds = 60_000;
                options.BatchExportProcessorOptions = new BatchExportActivityProcessorOptions { MaxExportBatchSize = 50, ScheduledDelayMilliseconds = 600_000 };
            })
            .Build();
        var spans = Enumerable.Range(0, 150).Select(_ => Span(source)).ToList();

        var flush = Task.Run(() => tracing.ForceFlush(), TestContext.Current.CancellationToken);
        await ClientWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("requests_total", ("outcome", "full")) > 1, "requests that are told to come back");
        await sentry.StandIn.RemoveFaultAsync(down);

        // The SDK says that it has flushed while it still sends its last batch again.
        Assert.True(await flush);
        await ClientWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_accepted_total") == 150, "every span being taken");
        await world.SettleAsync();
        await world.AssertReceivedAsync(orders, spans, []);
        Assert.Equal(150, (await world.BooksAsync()).Sum("items_sent_total"));
    }

    private static string Span(ActivitySource source)
    {
        using var activity = source.StartActivity("step", ActivityKind.Server)!;
        activity.SetTag("text", new string('x', 100));
        return $"{activity.TraceId}/{activity.SpanId}";
    }
}
