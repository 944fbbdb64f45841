using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Client;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The token file {Path} could not be read again, the last token stays in use: {Error}")]
    public static partial void TokenNotReread(ILogger logger, string path, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "TLS certificates changed: new connections to the API server use them")]
    public static partial void CertificatesChanged(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "TLS certificates could not be read again, the last ones stay in use: {Error}")]
    public static partial void CertificatesNotReread(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} answered {StatusCode}, sent again in {Delay}")]
    public static partial void RequestRetried(ILogger logger, string request, int statusCode, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Key} can not be read and is left out: {Error}")]
    public static partial void ObjectUndecodable(ILogger logger, string kind, string key, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Warning of the API server to {Request}: {Warning}")]
    public static partial void ServerWarning(ILogger logger, string request, string warning);
}
