using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace SentryOtel.Node.Sender;

/// <summary>The SDK's own exporter, which says what became of each span.</summary>
internal sealed class ReportingTraceExporter(OtlpExporterOptions options) : OtlpTraceExporter(options)
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        // A batch can be read once.
        var spans = new List<Activity>();
        foreach (var span in batch)
        {
            spans.Add(span);
        }

        var result = base.Export(new Batch<Activity>([.. spans], spans.Count));
        Report.Write(result, "spans", spans.Select(static span => span.SpanId.ToHexString()));
        return result;
    }
}
