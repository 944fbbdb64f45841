using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving.Renewal;

namespace SentryOtel.Gateway.Receiving.Auth;

/// <summary><c>bearertokenauth</c>.</summary>
internal sealed class BearerTokenAuthenticator : IAuthenticator
{
    private readonly BearerTokenConfiguration _configuration;
    private readonly Renewed<BearerTokens> _tokens;

    public BearerTokenAuthenticator(BearerTokenConfiguration configuration, TimeSpan interval, TimeProvider timeProvider, Renewals renewals, ILogger logger)
    {
        _configuration = configuration;
        Challenge = configuration.Scheme.Length > 0 ? configuration.Scheme : "Bearer";
        _tokens = new Renewed<BearerTokens>(
            configuration.Id,
            configuration.File is { } path ? [path] : [],
            read => configuration.File is { } file ? BearerTokens.Parse(read(file)) : new BearerTokens(configuration.Tokens.Select(token => token.Value)),
            interval,
            timeProvider,
            renewals,
            logger);
    }

    public string Challenge { get; }

    public ValueTask<bool> IsAllowedAsync(IHeaderDictionary headers, CancellationToken cancellationToken)
    {
        var values = headers[_configuration.Header];
        return new ValueTask<bool>(values.Count == 1 && TokenIn(values[0]) is { } token && _tokens.Current.Contains(token));
    }

    public void Dispose() => _tokens.Dispose();

    // The scheme's case does not count (RFC 9110, 11.1).
    private string? TokenIn(string? header)
    {
        var scheme = _configuration.Scheme;
        if (header is null || scheme.Length == 0)
        {
            return header;
        }

        return header.Length > scheme.Length && header[scheme.Length] == ' ' && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? header[scheme.Length..].Trim()
            : null;
    }
}
