using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Forwarding;

internal static partial class Log
{
    [LoggerMessage(EventId = 600, Level = LogLevel.Warning, Message = "Exporter {Exporter}, metrics: an attempt to forward {Points} data points failed as {Outcome}, status {Status}: {Text} ({Suppressed} similar messages left out)")]
    public static partial void AttemptFailed(ILogger logger, string exporter, int points, string outcome, int status, string text, long suppressed);

    [LoggerMessage(EventId = 601, Level = LogLevel.Error, Message = "Exporter {Exporter}, metrics: the attempt to forward {Points} data points failed in the gateway itself ({Suppressed} similar messages left out)")]
    public static partial void AttemptThrew(ILogger logger, Exception exception, string exporter, int points, long suppressed);

    [LoggerMessage(EventId = 602, Level = LogLevel.Warning, Message = "Exporter {Exporter}, metrics: the destination rejected {Rejected} of {Points} data points: {Text} ({Suppressed} similar messages left out)")]
    public static partial void PartlyRejected(ILogger logger, string exporter, long rejected, int points, string text, long suppressed);

    [LoggerMessage(EventId = 603, Level = LogLevel.Warning, Message = "Exporter {Exporter}, metrics: {Points} data points dropped at shutdown, they could not be forwarded within the grace period")]
    public static partial void DroppedAtShutdown(ILogger logger, string exporter, long points);
}
