using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Events;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Count} events dropped: {Capacity} wait already. Reconciling goes on without them")]
    public static partial void QueueFull(ILogger logger, long count, int capacity);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Event {Reason} of {Name} dropped: it could not be written")]
    public static partial void Dropped(ILogger logger, Exception exception, string? name, string? reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "{Count} queued events dropped: no time left to write them")]
    public static partial void FlushAborted(ILogger logger, int count);
}
