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

    [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "Exporter {Exporter} is not configured any more: what it holds is sent, for at most {Timeout} s")]
    public static partial void ExporterLeaves(ILogger logger, string exporter, double timeout);

    [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "Exporter {Exporter}, which is not configured any more, holds nothing any more")]
    public static partial void ExporterLeft(ILogger logger, string exporter);

    [LoggerMessage(EventId = 9, Level = LogLevel.Debug, Message = "Receiver {Receiver}: closed as it was before the configuration changed")]
    public static partial void ReceiverLeft(ILogger logger, string receiver);

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "Configuration reloaded: {Changes}")]
    public static partial void Reloaded(ILogger logger, string changes);

    [LoggerMessage(EventId = 11, Level = LogLevel.Error, Message = "Configuration not reloaded, the gateway goes on with the one before: {Problem}")]
    public static partial void NotReloaded(ILogger logger, string problem);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "Configuration reloaded, but {Path} keeps its value until the gateway is restarted")]
    public static partial void NeedsRestart(ILogger logger, string path);

    [LoggerMessage(EventId = 13, Level = LogLevel.Error, Message = "Reloading the configuration failed in the gateway itself; the one before goes on where it was not replaced yet")]
    public static partial void ReloadThrew(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 14, Level = LogLevel.Error, Message = "Configuration not reloaded yet, the gateway goes on with the one before and tries again in {Pause} s: {Problem}")]
    public static partial void NotReloadedYet(ILogger logger, string problem, double pause);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "Signal {Signal}: stopping, at most {Timeout} s")]
    public static partial void Stopping(ILogger logger, string signal, double timeout);
}
