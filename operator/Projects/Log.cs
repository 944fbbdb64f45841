using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Projects;

internal static partial class Log
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Warning, Message = "The projects of {Exporter} were not looked at: its Secret could not be read")]
    public static partial void SecretNotRead(ILogger logger, Exception exception, ObjectKey exporter);

    [LoggerMessage(EventId = 401, Level = LogLevel.Warning, Message = "The projects of an organization were not looked at: {Error}")]
    public static partial void OrganizationNotRead(ILogger logger, string error);
}
