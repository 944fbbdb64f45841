using Microsoft.Extensions.Logging;

namespace SentryOtel.Operator.References;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
        Message = "{Objects} Secrets and ConfigMaps are referred to and {Watches} can be watched: who refers to the others looks once a minute")]
    public static partial void TooManyObjects(ILogger logger, int objects, int watches);
}
