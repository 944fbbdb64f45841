using Microsoft.AspNetCore.Http;

namespace SentryOtel.Gateway.Receiving.Auth;

/// <summary>Says whether a request may be read. Runs before a byte of the body is.</summary>
internal interface IAuthenticator : IDisposable
{
    /// <summary>The value of <c>WWW-Authenticate</c> for who may not.</summary>
    string Challenge { get; }

    ValueTask<bool> IsAllowedAsync(IHeaderDictionary headers, CancellationToken cancellationToken);
}
