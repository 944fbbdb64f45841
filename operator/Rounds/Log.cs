using Microsoft.Extensions.Logging;

namespace SentryOtel.Operator.Rounds;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Round}: {Part} failed and is left out; the others go on, and it is tried again in every round")]
    public static partial void PartFailed(ILogger logger, Exception exception, string round, string part);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "{Round}: {Part} works again")]
    public static partial void PartWorksAgain(ILogger logger, string round, string part);
}
