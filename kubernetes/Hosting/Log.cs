using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Hosting;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Starting {Group} ({Count})")]
    public static partial void GroupStarting(ILogger logger, string group, int count);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "All {Group} have stopped")]
    public static partial void GroupStopped(ILogger logger, string group);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Some {Group} did not stop in time and were cancelled")]
    public static partial void GroupAborted(ILogger logger, string group);

    [LoggerMessage(EventId = 4, Level = LogLevel.Debug, Message = "{Runnable} has ended")]
    public static partial void RunnableEnded(ILogger logger, string runnable);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "{Runnable} failed")]
    public static partial void RunnableFailed(ILogger logger, Exception exception, string runnable);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "Stopping: {Cause}")]
    public static partial void Stopping(ILogger logger, Exception exception, string cause);

    [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "Stopped, exit code {ExitCode}")]
    public static partial void Stopped(ILogger logger, int exitCode);

    [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "{Count} informers have synced")]
    public static partial void CachesSynced(ILogger logger, int count);
}
