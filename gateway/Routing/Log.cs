using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Routing;

internal static partial class Log
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "Exporter {Exporter}: the projects can not be read from Sentry: {Error}")]
    public static partial void CatalogNotRead(ILogger logger, string exporter, string error);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "Exporter {Exporter}: created project {Project}")]
    public static partial void ProjectCreated(ILogger logger, string exporter, string project);

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning, Message = "Exporter {Exporter}: project {Project} can not be looked up now, its data wait: {Error} ({Suppressed} similar messages left out)")]
    public static partial void LookupFailed(ILogger logger, string exporter, string project, string error, long suppressed);

    [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message = "Exporter {Exporter}: there is no project {Project}, its data are refused: {Error} ({Suppressed} similar messages left out)")]
    public static partial void NoProject(ILogger logger, string exporter, string project, string error, long suppressed);

    [LoggerMessage(EventId = 204, Level = LogLevel.Debug, Message = "Exporter {Exporter}: the look-up of project {Project} ended with the gateway")]
    public static partial void LookupEnded(ILogger logger, string exporter, string project);

    [LoggerMessage(EventId = 205, Level = LogLevel.Error, Message = "Exporter {Exporter}: the look-up of project {Project} failed in the gateway itself and is repeated")]
    public static partial void LookupThrew(ILogger logger, Exception exception, string exporter, string project);

    [LoggerMessage(EventId = 206, Level = LogLevel.Warning, Message = "Exporter {Exporter}: project {Project} was deleted in Sentry; what is queued for it is held, new data are refused")]
    public static partial void ProjectGone(ILogger logger, string exporter, string project);

    [LoggerMessage(EventId = 207, Level = LogLevel.Information, Message = "Exporter {Exporter}: project {Project} is there again, data flow to the new one")]
    public static partial void ProjectReplaced(ILogger logger, string exporter, string project);

    [LoggerMessage(EventId = 208, Level = LogLevel.Warning, Message = "Exporter {Exporter}: the values \"{Value}\" and \"{Other}\" make one slug; data of \"{Value}\" go to project {Project}. Name its project in routing.attribute_to_project_mapping; /routes lists all ({Suppressed} similar messages left out)")]
    public static partial void SlugsCollide(ILogger logger, string exporter, string value, string other, string project, long suppressed);
}
