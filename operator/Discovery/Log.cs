using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Discovery;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The server serves no {Kind}: workloads of that kind are not discovered")]
    public static partial void KindNotServed(ILogger logger, WorkloadKind kind);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Route {Route} of {Exporter} made for service {Service}: {Workloads}")]
    public static partial void RouteCreated(ILogger logger, string route, ObjectKey exporter, string service, string workloads);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Route {Route} of {Exporter} is unused: no workload carries {Service}")]
    public static partial void RouteUnused(ILogger logger, ObjectKey route, ObjectKey exporter, string service);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Route {Route} of {Exporter} deleted: no workload has carried {Service} since {Since}")]
    public static partial void RouteDeleted(ILogger logger, ObjectKey route, ObjectKey exporter, string service, string? since);

    [LoggerMessage(EventId = 5, Level = LogLevel.Debug, Message = "Route {Route} has changed since it was cached, to be looked at again: {Cause}")]
    public static partial void RouteOvertaken(ILogger logger, ObjectKey route, string cause);
}
