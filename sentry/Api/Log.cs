using Microsoft.Extensions.Logging;

namespace SentryOtel.Sentry.Api;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Sentry API call failed ({Failure}); attempt {Attempt} follows")]
    public static partial void Retrying(ILogger logger, string failure, int attempt);

    [LoggerMessage(2, LogLevel.Warning, "Organization {Organization} names the region {Region}, which is not under the configured host {Host}; the token stays with the configured url")]
    public static partial void RegionRefused(ILogger logger, string organization, string region, string host);

    [LoggerMessage(3, LogLevel.Warning, "Sentry does not know the platform {Platform}; project {Slug} is created as \"other\"")]
    public static partial void PlatformUnknown(ILogger logger, string platform, string slug);
}
