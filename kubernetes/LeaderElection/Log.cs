using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.LeaderElection;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Attempting to acquire leader lease {Lease} as {Identity}")]
    public static partial void Acquiring(ILogger logger, string lease, string identity);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Successfully acquired lease {Lease} as {Identity}")]
    public static partial void Leading(ILogger logger, string lease, string identity);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Leader of {Lease} is {Holder}")]
    public static partial void NewLeader(ILogger logger, string lease, string? holder);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "Lease {Lease} could not be acquired or renewed")]
    public static partial void AttemptFailed(ILogger logger, Exception exception, string lease);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "Leader election of {Lease} lost: {Cause}")]
    public static partial void Lost(ILogger logger, string lease, string cause);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "Released lease {Lease}")]
    public static partial void Released(ILogger logger, string lease);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "Lease {Lease} could not be released; it runs out by itself")]
    public static partial void ReleaseFailed(ILogger logger, Exception exception, string lease);

    [LoggerMessage(EventId = 8, Level = LogLevel.Debug, Message = "Lease {Namespace}/{Name} has changed meanwhile")]
    public static partial void LostRace(ILogger logger, string @namespace, string name);

    [LoggerMessage(EventId = 9, Level = LogLevel.Information, Message = "Lease {Namespace}/{Name} changed while it was being released")]
    public static partial void ReleaseConflict(ILogger logger, string @namespace, string name);
}
