using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Gateways;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Pod {Pod} went before it could be told of a renewed Secret")]
    public static partial void PodWentMeanwhile(ILogger logger, ObjectKey pod);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Pod {Pod} may not be told of a renewed Secret and takes it when its kubelet next looks at it: grant patch on pods")]
    public static partial void PodMayNotBeTold(ILogger logger, Exception exception, ObjectKey pod);
}
