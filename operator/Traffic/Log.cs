using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Traffic;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Gateway {Pod} does not tell its routes, their status goes without it: {Failure}: {Cause}")]
    public static partial void GatewayUnread(ILogger logger, ObjectKey pod, string failure, string? cause);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Gateway {Pod} tells its routes again")]
    public static partial void GatewayReadAgain(ILogger logger, ObjectKey pod);
}
