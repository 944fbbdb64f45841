using Microsoft.Extensions.Logging;

namespace SentryOtel.Operator.Hosting;

internal static partial class Log
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "Operator {Version} at {Server}, namespaces: {Namespaces}")]
    public static partial void Starting(ILogger logger, string version, Uri server, string namespaces);

    [LoggerMessage(EventId = 301, Level = LogLevel.Critical, Message = "The operator can not start: {Reason}")]
    public static partial void CanNotStart(ILogger logger, string reason);
}
