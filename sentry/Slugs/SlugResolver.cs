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

        error = null;
        var rivals = others.Where(other => other != value).ToHashSet(StringComparer.Ordinal);
        slug = Normalize(value);
        var wanted = slug;
        if (rivals.Contains(wanted) || rivals.Any(rival => !ProjectSlug.IsValid(rival, out _) && rival.Length > 0 && Normalize(rival) == wanted))
        {
            slug = WithHash(wanted, value, ShortHash);
            for (var length = ShortHash * 2; rivals.Contains(slug); length *= 2)
            {
                slug = WithHash(wanted, value, length);
            }
        }

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
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))[..Math.Min(length, 40)];
        var room = ProjectSlug.MaxPortableLength - hash.Length - 1;
        var head = (slug.Length <= room ? slug : slug[..room]).TrimEnd('-');

        // Digits, a hyphen and more digits would be a slug, but all digits must not come out: the hyphen sees to that.
        return head + "-" + hash;
    }
}
