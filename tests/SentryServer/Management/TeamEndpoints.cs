using System.Text.Json.Nodes;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>Teams, and the teams of a project.</summary>
internal static class TeamEndpoints
{
    private const string Teams = "/api/0/organizations/{org}/teams/";
    private const string OneTeam = "/api/0/teams/{org}/{team}/";
    private const string ProjectTeam = "/api/0/projects/{org}/{project}/teams/{team}/";

    public static void Map(ApiRoutes routes)
    {
        routes.Map("GET", Teams, ["org:read", "team:read"], List);
        routes.Map("POST", Teams, ["org:write", "team:write"], CreateAsync);
        routes.Map("GET", OneTeam, ["team:read"], call => call.State.Teams.Find(call.Route("team")) is { } team ? ApiAnswer.Ok(call.Json.Team(team)) : ApiAnswer.NotFound);
        routes.Map("DELETE", OneTeam, ["team:admin"], call => call.State.Teams.Delete(call.Route("team")) ? new ApiAnswer(204) : ApiAnswer.NotFound);
        routes.Map("GET", "/api/0/projects/{org}/{project}/teams/", ["project:read"], OfProject);
        routes.Map("POST", ProjectTeam, ["project:write"], call => Change(call, 201, (ids, team) => ids.Contains(team) ? ids : ids.Add(team)));
        routes.Map("DELETE", ProjectTeam, ["project:write"], call => Change(call, 200, (ids, team) => ids.Remove(team)));
    }

    private static ApiAnswer List(ApiCall call)
    {
        var words = (call.Query("query") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = call.State.Teams.All().Where(team => words.All(word => Matches(team, word))).ToList();
        return Paging.Page(call, found, call.Json.Team);
    }

    private static bool Matches(Team team, string word) => word.StartsWith("slug:", StringComparison.Ordinal)
        ? team.Slug == word["slug:".Length..]
        : team.Slug.Contains(word, StringComparison.OrdinalIgnoreCase) || team.Name.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        var (fields, problem) = await call.ReadBodyAsync();
        if (fields is null)
        {
            return problem!;
        }

        var name = fields.Text("name", 64);
        var slug = fields.Text("slug", 50) ?? (name is null ? null : SlugRules.FromName(name, 50, taken: _ => false));
        if (slug is null)
        {
            fields.Fail("slug", "Name or slug is required");
        }

        if (fields.Problem is { } bad)
        {
            return bad;
        }

        if (call.State.Teams.Create(slug!, name).Try(out var team, out var refusal))
        {
            return new ApiAnswer(201, call.Json.Team(team));
        }

        return refusal.Kind == RefusalKind.Conflict
            ? new ApiAnswer(409, new JsonObject { ["non_field_errors"] = new JsonArray(refusal.Message), ["detail"] = refusal.Message })
            : ApiAnswer.Of(refusal);
    }

    private static ApiAnswer OfProject(ApiCall call) =>
        call.Project() is { } project ? Paging.Page(call, call.State.Teams.OfProject(project), call.Json.Team) : ProjectEndpoints.Missing(call);

    private static ApiAnswer Change(ApiCall call, int status, Func<System.Collections.Immutable.ImmutableArray<long>, long, System.Collections.Immutable.ImmutableArray<long>> change)
    {
        if (call.Project() is not { } project)
        {
            return ProjectEndpoints.Missing(call);
        }

        if (call.State.Teams.Find(call.Route("team")) is not { } team)
        {
            return ApiAnswer.Detail(404, "Team does not exist.");
        }

        var result = call.State.Projects.Update(project.Id, before => before with { TeamIds = change(before.TeamIds, team.Id) });
        return result.Try(out var after, out var refusal) ? new ApiAnswer(status, call.Json.ProjectDetail(after, call.Token)) : ApiAnswer.Of(refusal);
    }
}
