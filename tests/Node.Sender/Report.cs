using OpenTelemetry;

namespace SentryOtel.Node.Sender;

/// <summary>The lines that tests read.</summary>
internal static class Report
{
    public static void Write(ExportResult result, string signal, IEnumerable<string> ids) =>
        Console.WriteLine($"{(result == ExportResult.Success ? "taken" : "failed")} {signal} {string.Join(',', ids)}");
}
