using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Hosting;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "sentry-otel-gateway {Version} runs: {Receivers} receivers, {Exporters} exporters")]
    public static partial void Started(ILogger logger, string version, int receivers, int exporters);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "sentry-otel-gateway stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Exporter {Exporter}: following the routes failed and is taken up again")]
    public static partial void RoutesFailed(ILogger logger, Exception exception, string exporter);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "{Problem}")]
    public static partial void ConfigurationWarning(ILogger logger, string problem);

    [LoggerMessage(EventId = 5, Level = LogLevel.Critical, Message = "sentry-otel-gateway can not run")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "Signal {Signal}: stopping, at most {Timeout} s")]
    public static partial void Stopping(ILogger logger, string signal, double timeout);
}
