using System.Security.Cryptography;
using System.Text;

namespace SentryOtel.Gateway.Receiving.Auth;

/// <summary>Tokens, kept as hashes. Comparing takes as long for a token that is nearly right as for any other.</summary>
internal sealed class BearerTokens
{
    private readonly byte[][] _hashes;

    public BearerTokens(IEnumerable<string> tokens) => _hashes = [.. tokens.Select(Hash)];

    /// <summary>Reads a file: one token per line, blanks around it do not count.</summary>
    /// <exception cref="FormatException">There is no token in it.</exception>
    public static BearerTokens Parse(string text)
    {
        var tokens = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return tokens.Length == 0 ? throw new FormatException("the file holds no token.") : new BearerTokens(tokens);
    }

    public bool Contains(string token)
    {
        var hash = Hash(token);
        var found = false;
        foreach (var known in _hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return found;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
