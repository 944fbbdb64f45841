using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace SentryOtel.Sentry.Slugs;

/// <summary>
/// Gives every value of the routing attribute a slug of its own. The outcome depends on the set of values alone, not on the order
/// in which they came:
/// <list type="number">
/// <item>A value that is a valid slug keeps it, whatever else there is.</item>
/// <item>Under <see cref="SlugPolicy.Normalize"/> any other value is rewritten (<see cref="Normalize"/>): <c>OrdersService</c> becomes
/// <c>orders-service</c>.</item>
/// <item>When a rewritten value meets a value that is that slug, or another value that is rewritten to it, every rewritten one gets a suffix
/// made from a hash of its own text: <c>orders-service-1f0c9e2a</c>.</item>
/// </list>
/// A caller that has already tied a value to a project (by the project's id) keeps that tie: a late comer must not move data.
/// </summary>
public static class SlugResolver
{
    private const int ShortHash = 8;
    private const int LongestHash = 40;

    /// <summary>
    /// The slug of <paramref name="value"/> among <paramref name="others"/>, which may or may not hold it; or why there is none.
    /// </summary>
    public static bool TryResolve(
        string value,
        SlugPolicy policy,
        IEnumerable<string> others,
        [NotNullWhen(true)] out string? slug,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(others);
        HashSet<string>? rivals = null;
        return TryResolve(value, policy, IsTaken, out slug, out error);

        bool IsTaken(string wanted)
        {
            rivals ??= others.Where(other => other != value).ToHashSet(StringComparer.Ordinal);
            return rivals.Contains(wanted) || rivals.Any(rival => !ProjectSlug.IsValid(rival, out _) && rival.Length > 0 && Normalize(rival) == wanted);
        }
    }

    /// <summary>The same for a caller that keeps an index of its values, so that a new one costs the same however many there are.</summary>
    /// <param name="value">The value.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="isTaken">Whether another value is this slug, or was rewritten to it.</param>
    /// <param name="slug">The slug.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryResolve(
        string value,
        SlugPolicy policy,
        Func<string, bool> isTaken,
        [NotNullWhen(true)] out string? slug,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(isTaken);
        slug = null;
        if (ProjectSlug.IsValid(value, out error))
        {
            slug = value;
            return true;
        }

        if (policy == SlugPolicy.Strict)
        {
            error = $"the value can not be a project slug: {error}; map it to a slug, name one on its route, or set slugPolicy: normalize";
            return false;
        }

        if (value.Length == 0)
        {
            return false;
        }

        var wanted = Normalize(value);
        slug = wanted;
        for (var length = ShortHash; isTaken(slug); length *= 2)
        {
            if (length > LongestHash * 2)
            {
                // Whoever took the longest hash as well did so on purpose.
                (slug, error) = (null, "every slug that can be made of the value is that of another value; map it to a slug");
                return false;
            }

            slug = WithHash(wanted, value, length);
        }

        error = null;
        return true;
    }

    /// <summary>
    /// Rewrites a value: a word boundary inside camel case becomes <c>-</c>, letters become lower case, every run of other characters
    /// becomes one <c>-</c>, hyphens at the ends go. A result that is empty, reserved, all digits or longer than 50 gets a hash suffix, as does
    /// a value with letters beyond ASCII, of which nothing would be left.
    /// </summary>
    public static string Normalize(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var slug = Rewrite(value);
        var lossy = slug.Length is 0 or > ProjectSlug.MaxPortableLength
            || !ProjectSlug.IsValid(slug, out _)
            || value.Any(static c => !char.IsAscii(c));
        return lossy ? WithHash(slug.Length == 0 ? "service" : slug, value, ShortHash) : slug;
    }

    private static string Rewrite(string value)
    {
        var slug = new StringBuilder(value.Length + 8);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                Break();
                continue;
            }

            var startsWord = char.IsAsciiLetterUpper(c) && i > 0
                && (char.IsAsciiLetterLower(value[i - 1]) || char.IsAsciiDigit(value[i - 1])
                    || (char.IsAsciiLetterUpper(value[i - 1]) && i + 1 < value.Length && char.IsAsciiLetterLower(value[i + 1])));
            if (startsWord)
            {
                Break();
            }

            slug.Append(char.ToLowerInvariant(c));
        }

        return slug.ToString().TrimEnd('-');

        void Break()
        {
            if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }
    }

    private static string WithHash(string slug, string value, int length)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))[..Math.Min(length, LongestHash)];
        var room = ProjectSlug.MaxPortableLength - hash.Length - 1;
        var head = (slug.Length <= room ? slug : slug[..room]).TrimEnd('-');

        // Digits, a hyphen and more digits would be a slug, but all digits must not come out: the hyphen sees to that.
        return head + "-" + hash;
    }
}
