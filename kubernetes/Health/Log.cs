using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Health;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Health check {Path}/{Check} failed: {Reason}")]
    public static partial void CheckFailed(ILogger logger, string path, string check, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Health check {Path}/{Check} threw")]
    public static partial void CheckThrew(ILogger logger, Exception exception, string path, string check);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Serving {Name} on {Address}")]
    public static partial void Serving(ILogger logger, string name, string address);
}
