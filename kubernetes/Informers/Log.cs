using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Reflector of {Kind} in {Namespace} stopped")]
    public static partial void ReflectorStopped(ILogger logger, string kind, string? @namespace);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "List of {Kind} in {Namespace} failed")]
    public static partial void ListFailed(ILogger logger, Exception exception, string kind, string? @namespace);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information,
        Message = "List of {Kind} in {Namespace}: version {ResourceVersion} can not be served, listing the newest")]
    public static partial void ListExpired(ILogger logger, string kind, string? @namespace, string? resourceVersion);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Watch of {Kind} in {Namespace} ended: {End}")]
    public static partial void WatchFailed(ILogger logger, Exception exception, string kind, string? @namespace, WatchEnd end);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "Watch of {Kind} in {Namespace} was cut: {Cause}")]
    public static partial void WatchCut(ILogger logger, string kind, string? @namespace, string cause);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning,
        Message = "Watch of {Kind} in {Namespace} ended within a second and without an event; is something between us and the API server closing streams?")]
    public static partial void WatchVeryShort(ILogger logger, string kind, string? @namespace);

    [LoggerMessage(EventId = 7, Level = LogLevel.Debug, Message = "Watch of {Kind} in {Namespace} closed after {Events} events")]
    public static partial void WatchClosed(ILogger logger, string kind, string? @namespace, int events);

    [LoggerMessage(EventId = 8, Level = LogLevel.Error, Message = "An event handler of {Kind} threw")]
    public static partial void HandlerThrew(ILogger logger, Exception exception, string kind);

    [LoggerMessage(EventId = 9, Level = LogLevel.Warning, Message = "An object of {Kind} was skipped: {Reason}")]
    public static partial void ObjectSkipped(ILogger logger, string kind, string reason);

    [LoggerMessage(EventId = 10, Level = LogLevel.Debug, Message = "Resync of {Kind} stopped")]
    public static partial void ResyncStopped(ILogger logger, string kind);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "Watch of {Kind} {Key} ended: {End}")]
    public static partial void ObjectWatchFailed(ILogger logger, Exception exception, string kind, ObjectKey key, WatchEnd end);

    [LoggerMessage(EventId = 12, Level = LogLevel.Debug, Message = "Watch of {Kind} {Key} closed: {Cause}")]
    public static partial void ObjectWatchClosed(ILogger logger, string kind, ObjectKey key, string cause);

    [LoggerMessage(EventId = 13, Level = LogLevel.Warning, Message = "The server does not let us watch {Kind} {Key}; it is tried again now and then")]
    public static partial void ObjectWatchRefused(ILogger logger, Exception exception, string kind, ObjectKey key);

    [LoggerMessage(EventId = 14, Level = LogLevel.Debug, Message = "Watch of {Kind} {Key} stopped")]
    public static partial void ObjectWatchStopped(ILogger logger, string kind, ObjectKey key);

    [LoggerMessage(EventId = 15, Level = LogLevel.Error, Message = "What follows {Kind} {Key} threw")]
    public static partial void ObjectWatchHandlerThrew(ILogger logger, Exception exception, string kind, ObjectKey key);
}
