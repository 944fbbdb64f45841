using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;

namespace SentryOtel.Node.Sender;

/// <summary>Hands each log record to the SDK's own exporter at once, and says what became of it.</summary>
internal sealed class ReportingLogProcessor(OtlpExporterOptions options) : BaseExportProcessor<LogRecord>(new OtlpLogExporter(options))
{
    protected override void OnExport(LogRecord data)
    {
        var id = data.FormattedMessage!.Split(' ')[1];
        Report.Write(exporter.Export(new Batch<LogRecord>([data], 1)), "logs", [id]);
    }
}
