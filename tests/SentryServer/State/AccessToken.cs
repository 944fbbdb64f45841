using System.Collections.Frozen;

namespace SentryOtel.SentryServer.State;

/// <summary>What kind of token a caller used; told by its prefix.</summary>
public enum TokenKind
{
    /// <summary>No token at all.</summary>
    None,

    /// <summary>A token that this Sentry does not know.</summary>
    Unknown,

    /// <summary><c>sntryu_</c>, or 64 hexadecimal digits without a prefix.</summary>
    User,

    /// <summary><c>sntrys_</c>: fixed to <c>org:ci</c>, so that every call here is 403.</summary>
    Organization,

    /// <summary><c>sntryi_</c>, the token of an internal integration.</summary>
    Integration,

    /// <summary><c>sntrya_</c>.</summary>
    UserApplication,

    /// <summary>A known token without any of the prefixes.</summary>
    Other,
}

/// <summary>A bearer token and what it may do.</summary>
public sealed class AccessToken
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "org:read", "org:write", "org:admin", "org:ci", "org:integrations", "project:read", "project:write", "project:admin", "project:releases",
        "team:read", "team:write", "team:admin", "member:read", "member:write", "member:admin", "event:read", "event:write", "event:admin", "alerts:read", "alerts:write");

    /// <summary>The scopes that Sentry's documentation asks of a token for an exporter, and reading teams.</summary>
    public static IReadOnlyList<string> DefaultScopes { get; } = ["org:read", "project:read", "project:write", "team:read"];

    /// <summary>A token with its scopes; a level includes the lower ones, as Sentry stores them.</summary>
    /// <param name="value">The token itself.</param>
    /// <param name="scopes">For instance <c>project:write</c>; empty for <see cref="DefaultScopes"/>.</param>
    /// <exception cref="ArgumentException">The token is blank, or a scope is not one of Sentry's.</exception>
    public AccessToken(string value, params IEnumerable<string> scopes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        Value = value;
        Kind = KindOf(value);
        var given = scopes.ToList();
        if (given.Find(scope => !Known.Contains(scope)) is { } unknown)
        {
            throw new ArgumentException($"'{unknown}' is not a Sentry scope; use for instance {string.Join(", ", DefaultScopes)}.", nameof(scopes));
        }

        Scopes = Kind == TokenKind.Organization ? FrozenSet.Create(StringComparer.Ordinal, "org:ci") : Expand(given.Count == 0 ? DefaultScopes : given);
    }

    /// <summary>What the token may do.</summary>
    public IReadOnlySet<string> Scopes { get; }

    /// <summary>The token's kind.</summary>
    public TokenKind Kind { get; }

    internal string Value { get; }

    /// <summary>Names the kind, never the token.</summary>
    public override string ToString() => $"{Kind} token";

    internal static TokenKind KindOf(string token) => token switch
    {
        _ when token.StartsWith("sntryu_", StringComparison.Ordinal) => TokenKind.User,
        _ when token.StartsWith("sntrys_", StringComparison.Ordinal) => TokenKind.Organization,
        _ when token.StartsWith("sntryi_", StringComparison.Ordinal) => TokenKind.Integration,
        _ when token.StartsWith("sntrya_", StringComparison.Ordinal) => TokenKind.UserApplication,
        { Length: 64 } when token.All(char.IsAsciiHexDigit) => TokenKind.User,
        _ => TokenKind.Other,
    };

    private static FrozenSet<string> Expand(IEnumerable<string> scopes)
    {
        var all = new HashSet<string>(scopes, StringComparer.Ordinal);
        foreach (var scope in all.ToList())
        {
            var (resource, level) = (scope[..scope.IndexOf(':', StringComparison.Ordinal)], scope[(scope.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            if (level is "admin" or "write")
            {
                all.Add($"{resource}:read");
            }

            if (level is "admin" && Known.Contains($"{resource}:write"))
            {
                all.Add($"{resource}:write");
            }
        }

        return all.ToFrozenSet(StringComparer.Ordinal);
    }
}

/// <summary>The tokens this Sentry knows. They can be granted and revoked while it runs.</summary>
public sealed class TokenStore
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, AccessToken> _tokens = new(StringComparer.Ordinal);

    /// <summary>How many tokens are known.</summary>
    public int Count => _tokens.Count;

    /// <summary>Makes a token known, or replaces its scopes.</summary>
    public void Grant(AccessToken token) => _tokens[token.Value] = token;

    /// <summary>Makes a token known, or replaces its scopes.</summary>
    public void Grant(string token, params IEnumerable<string> scopes) => Grant(new AccessToken(token, scopes));

    /// <summary>Forgets a token; calls with it are 401 from now on. False when it was not known.</summary>
    public bool Revoke(string token) => _tokens.TryRemove(token, out _);

    internal AccessToken? Find(string token) => _tokens.GetValueOrDefault(token);
}
