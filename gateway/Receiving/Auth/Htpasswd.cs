using System.Security.Cryptography;
using System.Text;

namespace SentryOtel.Gateway.Receiving.Auth;

/// <summary>Users and password hashes in the form of Apache's htpasswd: bcrypt, <c>{SHA}</c>, and passwords as they are.</summary>
internal sealed class Htpasswd
{
    // Of a password that nobody has: an unknown user costs what a known one does.
    private const string Nobody = "$2a$10$......................0123456789012345678901234567890";

    private readonly Dictionary<string, string> _hashes;

    private Htpasswd(Dictionary<string, string> hashes) => _hashes = hashes;

    /// <summary>Reads lines of <c>user:hash</c>; empty ones and those that begin with # are passed over. The first line of a user counts.</summary>
    /// <exception cref="FormatException">A line is something else, or its hash is of a kind that is not known here. Quotes nothing.</exception>
    public static Htpasswd Parse(string text)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || colon == line.Length - 1)
            {
                throw new FormatException($"line {number} is not user:hash.");
            }

            var hash = line[(colon + 1)..];
            if (!IsKnown(hash))
            {
                throw new FormatException($"line {number} has a hash of a kind that the gateway does not know; it knows bcrypt (htpasswd -B, cost up to {MaxCost}), {{SHA}} and plain passwords.");
            }

            hashes.TryAdd(line[..colon], hash);
        }

        return hashes.Count == 0 ? throw new FormatException("there is no user in it.") : new Htpasswd(hashes);
    }

    /// <summary>The highest cost of bcrypt that is taken: about a second of a core for one look at a password.</summary>
    private const int MaxCost = 14;

    /// <summary>Whether comparing takes so long that it should be done once per password and not for each request.</summary>
    public bool IsSlow(string user) => !_hashes.TryGetValue(user, out var hash) ? _hashes.Values.Any(IsBcrypt) : IsBcrypt(hash);

    public bool IsRight(string user, string password)
    {
        if (!_hashes.TryGetValue(user, out var hash))
        {
            if (IsSlow(user))
            {
                _ = BCrypt.Net.BCrypt.Verify(password, Nobody);
            }

            return false;
        }

        if (IsBcrypt(hash))
        {
            return BCrypt.Net.BCrypt.Verify(password, hash);
        }

        return hash.StartsWith("{SHA}", StringComparison.Ordinal) ? Equal(hash[5..], Sha1(password)) : Equal(hash, password);
    }

    private static bool IsKnown(string hash)
    {
        if (IsBcrypt(hash))
        {
            return hash.Length == 60 && int.TryParse(hash.AsSpan(4, 2), out var cost) && cost is >= 4 and <= MaxCost;
        }

        // $apr1$, $5$, $6$, {SSHA} ...: taken for plain passwords they would let nobody in, and the hash itself.
        return hash.StartsWith("{SHA}", StringComparison.Ordinal) || !(hash.StartsWith('$') || hash.StartsWith('{'));
    }

    private static bool IsBcrypt(string hash) => hash.Length > 6 && hash.StartsWith("$2", StringComparison.Ordinal) && hash[2] is 'a' or 'b' or 'y' && hash[3] == '$' && hash[6] == '$';

    // Both are hashed before they are compared, so that the time tells nothing of their length either.
    private static bool Equal(string left, string right) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(left)), SHA256.HashData(Encoding.UTF8.GetBytes(right)));

#pragma warning disable CA5350 // The file has what the file has; whoever can choose takes bcrypt.
    private static string Sha1(string password) => Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
}
