using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace SentryOtel.Node.Sender;

/// <summary>An instrumented service: requests of three spans, and a log record with each.</summary>
internal sealed partial class Service : IDisposable
{
    private const int ExportDelayMilliseconds = 300;

    private readonly ActivitySource _source = new("service");
    private readonly TracerProvider _tracing;
    private readonly ILoggerFactory _logging;
    private readonly ILogger _logger;

    public Service()
    {
        _tracing = Sdk.CreateTracerProviderBuilder()
            .SetSampler(new AlwaysOnSampler())
            .AddSource(_source.Name)
            .AddProcessor(_ => new BatchActivityExportProcessor(new ReportingTraceExporter(new OtlpExporterOptions()), scheduledDelayMilliseconds: ExportDelayMilliseconds))
            .Build();
        _logging = LoggerFactory.Create(builder => builder.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.AddProcessor(_ => new ReportingLogProcessor(new OtlpExporterOptions()));
        }));
        _logger = _logging.CreateLogger("service");
    }

    public async Task RunAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Handle();
            }
        }
        catch (OperationCanceledException)
        {
            // The way it ends.
        }
    }

    public void Dispose()
    {
        _tracing.Dispose();
        _logging.Dispose();
        _source.Dispose();
    }

    private void Handle()
    {
        using var request = _source.StartActivity("request", ActivityKind.Server);
        using (_source.StartActivity("query", ActivityKind.Client))
        {
        }

        using (_source.StartActivity("render"))
        {
            Handled(_logger, Guid.NewGuid());
        }
    }

    [LoggerMessage(1, LogLevel.Information, "handled {Id}")]
    private static partial void Handled(ILogger logger, Guid id);
}
