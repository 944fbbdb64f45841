using System.Globalization;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>What <c>/_stand-in/state</c> shows. Public keys, no secrets, no tokens.</summary>
internal static class StateView
{
    private const int RecentErrors = 20;

    public static object Of(SentryState state)
    {
        var totals = state.Received.Totals();
        return new
        {
            now = state.Now,
            organization = new { id = Id(state.Organization.Id), state.Organization.Slug, state.Organization.Name },
            tokens = state.Tokens.Count,
            modes = state.Modes,
            teams = state.Teams.All().Select(team => new { id = Id(team.Id), team.Slug, team.Name }),
            projects = state.Projects.All().Select(project => Project(state, project, totals)),
            limits = state.Limits.Active(),
            relayCache = state.Relay.Entries(),
            losses = state.Received.Dropped().GroupBy(drop => drop.Reason).ToDictionary(group => group.Key, group => group.Sum(drop => (long)drop.Items)),
            ingestErrors = state.Requests.All(ServerSide.Ingest).Where(IsError).TakeLast(RecentErrors).Reverse(),
            requests = state.Requests.Counters(),
        };
    }

    private static object Project(SentryState state, Project project, IReadOnlyDictionary<string, ProjectTotals> totals) => new
    {
        id = Id(project.Id),
        project.Slug,
        project.Name,
        project.Platform,
        project.Status,
        project.DateCreated,
        project.PreviousSlugs,
        project.DefaultRules,
        project.Hidden,
        teams = state.Teams.OfProject(project).Select(team => team.Slug),
        keys = state.Keys.OfProject(project.Id).Select(key => new { key.Public, key.Name, key.IsActive, key.DateCreated }),
        received = project.Status == ProjectStatus.Active ? totals.GetValueOrDefault(project.Slug, ProjectTotals.None) : ProjectTotals.None,
    };

    private static bool IsError(RequestEntry entry) => entry.Status is 0 or >= 400;

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);
}
