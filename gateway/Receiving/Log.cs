using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Receiving;

internal static partial class Log
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Information, Message = "OTLP receiver {Receiver} listens for {Protocol} on {Address}")]
    public static partial void Listening(ILogger logger, string receiver, string protocol, System.Net.IPEndPoint? address);

    [LoggerMessage(EventId = 401, Level = LogLevel.Debug, Message = "A request was malformed: {Reason}")]
    public static partial void RequestMalformed(ILogger logger, string reason);

    [LoggerMessage(EventId = 402, Level = LogLevel.Debug, Message = "A client went away before its request was answered")]
    public static partial void RequestAborted(ILogger logger);

    [LoggerMessage(EventId = 403, Level = LogLevel.Error, Message = "A request failed for a fault of the gateway's own; the client was told to report it as an error ({Suppressed} similar messages left out)")]
    public static partial void RequestFailed(ILogger logger, Exception exception, long suppressed);

    [LoggerMessage(EventId = 404, Level = LogLevel.Information, Message = "{What}: renewed from its files")]
    public static partial void Renewed(ILogger logger, string what);

    [LoggerMessage(EventId = 405, Level = LogLevel.Warning, Message = "{What}: its files changed and can not be used ({Error}); what was read before stays in force")]
    public static partial void RenewalFailed(ILogger logger, string what, string error);
}
