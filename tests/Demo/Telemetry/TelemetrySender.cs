using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SentryOtel.Demo.Telemetry;

/// <summary>Sends real traces and logs with the OpenTelemetry .NET SDK, as an instrumented service would.</summary>
internal sealed partial class TelemetrySender(Uri grpcEndpoint, Uri httpEndpoint)
{
    private const int FlushMilliseconds = 30_000;

    /// <summary>Sends <paramref name="traces"/> traces of three spans, and a log record with each.</summary>
    /// <exception cref="InvalidOperationException">The exporter could not hand everything over.</exception>
    public SentTelemetry Send(DemoService service, int traces)
    {
        var spanIds = new List<string>();
        var bodies = new List<string>();
        using var source = new ActivitySource($"demo.{service.Name}");
        using var tracing = Tracing(service, source);
        using var logging = Logging(service);
        var logger = logging.CreateLogger("demo");

        for (var i = 0; i < traces; i++)
        {
            using var root = Start(source, "request", spanIds);
            using (Start(source, "query", spanIds))
            {
            }

            using (Start(source, "render", spanIds))
            {
                var body = $"{service.Name} handled request {i} ({Guid.NewGuid():N})";
                Handled(logger, body);
                bodies.Add(body);
            }
        }

        if (!tracing.ForceFlush(FlushMilliseconds))
        {
            throw new InvalidOperationException($"{service.Name}: the traces could not be handed to the gateway.");
        }

        return new SentTelemetry(service, spanIds, bodies);
    }

    private static Activity Start(ActivitySource source, string name, List<string> spanIds)
    {
        var activity = source.StartActivity(name, ActivityKind.Server)
            ?? throw new InvalidOperationException("Nobody listens to the activity source.");
        spanIds.Add(activity.SpanId.ToHexString());
        return activity;
    }

    private TracerProvider Tracing(DemoService service, ActivitySource source) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(Resource(service))
        .SetSampler(new AlwaysOnSampler())
        .AddSource(source.Name)
        .AddOtlpExporter(options => Configure(options, service, "v1/traces"))
        .Build();

    // Disposing the factory flushes it.
    private ILoggerFactory Logging(DemoService service) => LoggerFactory.Create(builder => builder.AddOpenTelemetry(logging =>
    {
        logging.IncludeFormattedMessage = true;
        logging.SetResourceBuilder(Resource(service));
        logging.AddOtlpExporter(options => Configure(options, service, "v1/logs"));
    }));

    private void Configure(OtlpExporterOptions options, DemoService service, string path)
    {
        options.Protocol = service.Protocol;
        options.Endpoint = service.Protocol == OtlpExportProtocol.Grpc ? grpcEndpoint : new Uri(httpEndpoint, path);
    }

    private static ResourceBuilder Resource(DemoService service) =>
        ResourceBuilder.CreateEmpty().AddService(service.Name, serviceVersion: "1.0.0", autoGenerateServiceInstanceId: false);

    [LoggerMessage(1, LogLevel.Information, "{Body}")]
    private static partial void Handled(ILogger logger, string body);
}
