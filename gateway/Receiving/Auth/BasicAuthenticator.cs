using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving.Renewal;

namespace SentryOtel.Gateway.Receiving.Auth;

/// <summary>
/// <c>basicauth</c>. A password that was found right is known again by a hash, until the file changes: bcrypt is made to be slow, and telemetry comes
/// with the same password a thousand times. Slow looks are taken one at a time, so that who guesses passwords takes no more than one core.
/// </summary>
internal sealed class BasicAuthenticator : IAuthenticator
{
    private const string Scheme = "Basic ";

    private readonly Renewed<State> _state;
    private readonly SemaphoreSlim _slow = new(1);

    public BasicAuthenticator(BasicAuthConfiguration configuration, TimeSpan interval, TimeProvider timeProvider, Renewals renewals, ILogger logger) =>
        _state = new Renewed<State>(
            configuration.Id,
            configuration.File is { } path ? [path] : [],
            read => new State(Htpasswd.Parse(string.Join('\n', configuration.File is { } file ? read(file) : string.Empty, configuration.Inline?.Value ?? string.Empty))),
            interval,
            timeProvider,
            renewals,
            logger);

    public string Challenge => "Basic realm=\"otlp\", charset=\"UTF-8\"";

    public async ValueTask<bool> IsAllowedAsync(IHeaderDictionary headers, CancellationToken cancellationToken)
    {
        var values = headers.Authorization;
        if (values.Count != 1 || Credentials(values[0]) is not { } given)
        {
            return false;
        }

        var state = _state.Current;
        if (!state.Users.IsSlow(given.User))
        {
            return state.Users.IsRight(given.User, given.Password);
        }

        var digest = state.Digest(given.Password);
        if (state.IsKnown(given.User, digest))
        {
            return true;
        }

        await _slow.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!state.IsKnown(given.User, digest) && !state.Users.IsRight(given.User, given.Password))
            {
                return false;
            }

            state.Learn(given.User, digest);
            return true;
        }
        finally
        {
            _slow.Release();
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _slow.Dispose();
    }

    private static (string User, string Password)? Credentials(string? header)
    {
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = header.AsSpan(Scheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }

    /// <summary>The users of one reading of the file, and the passwords found right since.</summary>
    private sealed class State(Htpasswd users)
    {
        private readonly byte[] _salt = RandomNumberGenerator.GetBytes(32);
        private readonly ConcurrentDictionary<string, byte[]> _right = new(StringComparer.Ordinal);

        public Htpasswd Users { get; } = users;

        public byte[] Digest(string password) => HMACSHA256.HashData(_salt, Encoding.UTF8.GetBytes(password));

        public bool IsKnown(string user, byte[] digest) => _right.TryGetValue(user, out var known) && CryptographicOperations.FixedTimeEquals(known, digest);

        public void Learn(string user, byte[] digest) => _right[user] = digest;
    }
}
