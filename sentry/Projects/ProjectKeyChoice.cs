using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Projects;

/// <summary>Which of a project's active keys to send with: every caller must come to the same answer.</summary>
public static class ProjectKeyChoice
{
    /// <summary>
    /// The key of the wanted name; else the one in use; else the oldest, by date of creation and then by key. Null when none is active, or none
    /// has the wanted name.
    /// </summary>
    public static ProjectKey? Choose(IEnumerable<ProjectKey> keys, string? wantedName = null, string? inUse = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var candidates = keys
            .Where(key => key.IsActive && (wantedName is null || key.Name == wantedName))
            .OrderBy(static key => key.DateCreated ?? DateTimeOffset.MaxValue)
            .ThenBy(static key => key.Public, StringComparer.Ordinal)
            .ToArray();
        return candidates.FirstOrDefault(key => inUse is not null && string.Equals(key.Public, inUse, StringComparison.OrdinalIgnoreCase))
            ?? candidates.FirstOrDefault();
    }
}
