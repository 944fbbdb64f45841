using System.Globalization;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>The <c>query</c> of the project list: words found in slug or name, and the tokens slug, id, team and !team. Tokens of one name are alternatives.</summary>
internal static class ProjectSearch
{
    public static IReadOnlyList<Project> Find(SentryState state, IEnumerable<Project> projects, string? query)
    {
        var terms = (query ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).ToLookup(term => term.Name, term => term.Value, StringComparer.Ordinal);
        return [.. projects.Where(project => Matches(state, project, terms))];
    }

    private static bool Matches(SentryState state, Project project, ILookup<string, string> terms)
    {
        var teams = state.Teams.OfProject(project).Select(team => team.Slug).ToList();
        return Any(terms["slug"], value => value == project.Slug)
            && Any(terms["id"], value => value == project.Id.ToString(CultureInfo.InvariantCulture))
            && Any(terms["team"], teams.Contains)
            && !terms["!team"].Any(teams.Contains)
            && terms[""].All(word => project.Slug.Contains(word, StringComparison.OrdinalIgnoreCase) || project.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Any(IEnumerable<string> values, Func<string, bool> matches) => !values.Any() || values.Any(matches);

    private static (string Name, string Value) Parse(string term)
    {
        var colon = term.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && term[..colon] is "slug" or "id" or "team" or "!team" or "is_member" ? (term[..colon], term[(colon + 1)..].Trim('"').TrimStart('#')) : ("", term);
    }
}
