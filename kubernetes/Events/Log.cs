using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Events;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Event {Reason} of {Key} dropped: the queue is full")]
    public static partial void QueueFull(ILogger logger, ObjectKey key, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Event {Reason} of {Name} dropped: it could not be written")]
    public static partial void Dropped(ILogger logger, Exception exception, string? name, string? reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "{Count} queued events dropped: no time left to write them")]
    public static partial void FlushAborted(ILogger logger, int count);
}
