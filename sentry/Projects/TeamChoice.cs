using System.Globalization;
using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Projects;

/// <summary>Which team a project is created in when none is named.</summary>
internal static class TeamChoice
{
    /// <summary>The oldest team, by id; null when there is none.</summary>
    public static SentryTeam? Oldest(IEnumerable<SentryTeam> teams) => teams
        .OrderBy(static team => long.TryParse(team.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : long.MaxValue)
        .ThenBy(static team => team.Slug, StringComparer.Ordinal)
        .FirstOrDefault();
}
