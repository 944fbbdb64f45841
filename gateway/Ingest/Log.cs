using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Ingest;

internal static partial class Log
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Warning, Message = "Exporter {Exporter}, project {Project}, {Signal}: {Items} items dropped at shutdown, they could not be sent within the grace period")]
    public static partial void DroppedAtShutdown(ILogger logger, string exporter, string project, string signal, long items);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "Exporter {Exporter}: {Items} items of services without a project dropped at shutdown")]
    public static partial void ParkedDroppedAtShutdown(ILogger logger, string exporter, long items);
}
