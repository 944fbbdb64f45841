using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Routing.Kubernetes;

internal static partial class Log
{
    [LoggerMessage(EventId = 250, Level = LogLevel.Information, Message = "Exporter {Exporter}: routing table of generation {Generation} with {Routes} routes loaded")]
    public static partial void TableLoaded(ILogger logger, string exporter, long generation, int routes);

    [LoggerMessage(EventId = 251, Level = LogLevel.Warning, Message = "ConfigMap {Name} holds no routing table, the one before stays: {Error}")]
    public static partial void TableNotReadable(ILogger logger, string name, string error);

    [LoggerMessage(EventId = 252, Level = LogLevel.Debug, Message = "Exporter {Exporter}: the slices of the routing table do not fit together yet, the one before stays: {Error}")]
    public static partial void TableIncomplete(ILogger logger, string exporter, string error);

    [LoggerMessage(EventId = 253, Level = LogLevel.Warning, Message = "ConfigMap {Name} was deleted, the routing table that was loaded stays")]
    public static partial void TableDeleted(ILogger logger, string name);

    [LoggerMessage(EventId = 254, Level = LogLevel.Information, Message = "SentryProjectRoute {Name} of exporter {Exporter} announced ({Made} by this replica)")]
    public static partial void RouteAnnounced(ILogger logger, string name, string exporter, int made);

    [LoggerMessage(EventId = 255, Level = LogLevel.Debug, Message = "SentryProjectRoute {Name} of exporter {Exporter} is someone else's and stays as it is")]
    public static partial void RouteKept(ILogger logger, string name, string exporter);

    [LoggerMessage(EventId = 256, Level = LogLevel.Warning, Message = "SentryProjectRoute {Name} of exporter {Exporter} could not be announced ({Suppressed} similar messages left out)")]
    public static partial void RouteNotAnnounced(ILogger logger, Exception exception, string name, string exporter, long suppressed);

    [LoggerMessage(EventId = 259, Level = LogLevel.Warning, Message = "Exporter {Exporter}: data of service \"{Service}\" are refused, it gets no SentryProjectRoute: {Reason} ({Suppressed} similar messages left out)")]
    public static partial void ServiceRefused(ILogger logger, string exporter, string service, string reason, long suppressed);

    [LoggerMessage(EventId = 257, Level = LogLevel.Warning, Message = "Exporter {Exporter}: the Lease that names the loaded routing table could not be written ({Suppressed} similar messages left out)")]
    public static partial void LeaseNotWritten(ILogger logger, Exception exception, string exporter, long suppressed);

    [LoggerMessage(EventId = 258, Level = LogLevel.Error, Message = "Exporter {Exporter}: following the {What} failed and is taken up again ({Suppressed} similar messages left out)")]
    public static partial void LoopFailed(ILogger logger, Exception exception, string exporter, string what, long suppressed);
}
