using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.RoutingTables;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Routing table of {Exporter} written: {Table}")]
    public static partial void TableWritten(ILogger logger, ObjectKey exporter, string table);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "Routing table of {Exporter} changed while it was written, to be compiled again: {Cause}")]
    public static partial void TableOvertaken(ILogger logger, ObjectKey exporter, string cause);
}
