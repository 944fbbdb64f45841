using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Sending;

internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "Exporter {Exporter}, project {Project}, {Signal}: an attempt to send {Items} items failed as {Outcome}, status {Status}: {Text} ({Suppressed} similar messages left out)")]
    public static partial void AttemptFailed(ILogger logger, string exporter, string project, string signal, int items, string outcome, int status, string text, long suppressed);

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "Exporter {Exporter}, project {Project}, {Signal}: the attempt to send {Items} items failed in the gateway itself ({Suppressed} similar messages left out)")]
    public static partial void AttemptThrew(ILogger logger, Exception exception, string exporter, string project, string signal, int items, long suppressed);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "Exporter {Exporter}, project {Project}, {Signal}: gzip was refused with 415, so {Items} items are sent once more uncompressed; if that helps, set http.compression: none ({Suppressed} similar messages left out)")]
    public static partial void GzipRefused(ILogger logger, string exporter, string project, string signal, int items, long suppressed);
}
