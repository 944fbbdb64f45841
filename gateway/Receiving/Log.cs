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

    [LoggerMessage(EventId = 403, Level = LogLevel.Error, Message = "A request failed for a fault of the gateway's own; the client was told to report it as an error")]
    public static partial void RequestFailed(ILogger logger, Exception exception);
}
