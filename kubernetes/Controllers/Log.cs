using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Controllers;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "A worker of {Controller} stopped")]
    public static partial void WorkerStopped(ILogger logger, string controller);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "{Key} reconciled")]
    public static partial void Reconciled(ILogger logger, ObjectKey key);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "{Key} reconciled, again after {Delay}")]
    public static partial void RequeuedAfter(ILogger logger, ObjectKey key, TimeSpan delay);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning,
        Message = "{Key} failed ({Failures} in a row), will be tried again: {Reason}: {Cause}")]
    public static partial void ReconcileFailed(
        ILogger logger, Exception? exception, ObjectKey key, string? reason, string? cause, int failures);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error,
        Message = "{Key} failed and will not be tried again before it changes: {Reason}: {Cause}")]
    public static partial void ReconcileFailedForGood(ILogger logger, Exception? exception, ObjectKey key, string? reason, string? cause);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "The reconcile of {Key} was aborted: {Cause}")]
    public static partial void ReconcileAborted(ILogger logger, ObjectKey key, string cause);
}
