using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace SentryOtel.Sentry.Slugs;

/// <summary>
/// Sentry's rule for the slugs of projects: lower-case letters, digits, <c>_</c> and <c>-</c>, not all digits, not reserved
/// (Sentry source: <c>src/sentry/models/project.py</c>, <c>src/sentry/constants.py</c>).
/// </summary>
public static class ProjectSlug
{
    /// <summary>Longest slug of present servers.</summary>
    public const int MaxLength = 100;

    /// <summary>Longest slug that every server and every tool takes.</summary>
    public const int MaxPortableLength = 50;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "$all", "api-keys", "audit-log", "auth", "members", "projects", "rate-limits", "repos", "settings", "teams", "billing", "payments",
        "legal", "subscription", "support", "integrations", "developer-settings", "usage");

    /// <summary>True when Sentry takes the slug; else <paramref name="error"/> says why not.</summary>
    public static bool IsValid([NotNullWhen(true)] string? slug, [NotNullWhen(false)] out string? error)
    {
        error = slug switch
        {
            null or "" => "it is empty",
            { Length: > MaxLength } => $"it is longer than {MaxLength} characters",
            _ when slug.AsSpan().ContainsAnyExcept(Letters) => "it holds a character other than a-z, 0-9, _ and -",
            _ when slug.All(char.IsAsciiDigit) => "it is all digits",
            _ when IsReserved(slug) => "Sentry reserves that word",
            _ => null,
        };
        return error is null;
    }

    /// <summary>True for <c>[a-z][a-z0-9-]{0,49}</c> without a hyphen at the end: what every server and guide agrees on.</summary>
    public static bool IsPortable(string? slug) =>
        IsValid(slug, out _)
        && slug.Length <= MaxPortableLength
        && char.IsAsciiLetterLower(slug[0])
        && !slug.Contains('_', StringComparison.Ordinal)
        && slug[^1] != '-';

    /// <summary>True for words that Sentry keeps for its own paths.</summary>
    public static bool IsReserved(string slug) => Reserved.Contains(slug);
}
