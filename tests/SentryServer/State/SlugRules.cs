using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace SentryOtel.SentryServer.State;

/// <summary>What Sentry accepts as a slug, and how it makes one when none is sent.</summary>
internal static class SlugRules
{
    public const string InvalidSlug = "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.";

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "$all", "api-keys", "audit-log", "auth", "members", "projects", "rate-limits", "repos", "settings", "teams", "billing", "payments",
        "legal", "subscription", "support", "integrations", "developer-settings", "usage");

    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>Checks form and length; null when acceptable.</summary>
    public static Refusal? Check(string slug, int maxLength)
    {
        if (slug.Length > maxLength)
        {
            return new Refusal(RefusalKind.Invalid, $"Ensure this field has no more than {maxLength} characters.", "slug");
        }

        var wellFormed = slug.Length > 0 && slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-') && !slug.All(char.IsAsciiDigit);
        return wellFormed ? null : new Refusal(RefusalKind.Invalid, InvalidSlug, "slug");
    }

    /// <summary>A slug from a name; with a random tail when <paramref name="taken"/> says so or nothing usable is left.</summary>
    public static string FromName(string name, int maxLength, Func<string, bool> taken)
    {
        var text = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
            {
                text.Append(c);
            }
            else if (text.Length > 0 && text[^1] != '-')
            {
                text.Append('-');
            }
        }

        var slug = text.ToString().Trim('-');
        slug = slug.Length > maxLength ? slug[..maxLength] : slug;
        while (Check(slug, maxLength) is not null || taken(slug))
        {
            var stem = slug.Length > maxLength - 3 ? slug[..(maxLength - 3)] : slug;
            slug = $"{stem}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 2)}".TrimStart('-');
        }

        return slug;
    }
}
