using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving.Renewal;

namespace SentryOtel.Gateway.Receiving.Auth;

/// <summary>Makes authenticators from their configuration.</summary>
internal static class Authenticators
{
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(10);

    /// <exception cref="IOException">A file of credentials can not be read.</exception>
    /// <exception cref="FormatException">It holds something else.</exception>
    public static IAuthenticator Create(AuthenticatorConfiguration configuration, TimeProvider timeProvider, Renewals renewals, ILogger logger) => configuration switch
    {
        BearerTokenConfiguration bearer => new BearerTokenAuthenticator(bearer, FileInterval, timeProvider, renewals, logger),
        BasicAuthConfiguration basic => new BasicAuthenticator(basic, FileInterval, timeProvider, renewals, logger),
        _ => throw new ArgumentOutOfRangeException(nameof(configuration), configuration.GetType().Name, "No such authenticator."),
    };
}
