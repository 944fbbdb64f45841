using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>Creating a project in a team, and the projects of a team.</summary>
internal static class ProjectCreation
{
    private const string Path = "/api/0/teams/{org}/{team}/projects/";
    private const int MaxNameLength = 50;

    public static void Map(ApiRoutes routes)
    {
        routes.Map("GET", Path, ["project:read"], List);
        routes.Map("POST", Path, ["project:write"], CreateAsync);
    }

    private static ApiAnswer List(ApiCall call) =>
        call.State.Teams.Find(call.Route("team")) is { } team
            ? Paging.Page(call, [.. call.State.Projects.ReadAll().Where(project => project.TeamIds.Contains(team.Id))], project => call.Json.Project(project, call.Token))
            : ApiAnswer.NotFound;

    private static async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        if (call.State.Teams.Find(call.Route("team")) is not { } team)
        {
            return ApiAnswer.NotFound;
        }

        var (fields, problem) = await call.ReadBodyAsync();
        if (fields is null)
        {
            return problem!;
        }

        var name = fields.Text("name", MaxNameLength, required: true);
        var slug = fields.Text("slug", call.State.Modes.MaxSlugLength);
        var platform = fields.Text("platform", 64);
        var defaultRules = fields.Flag("default_rules") ?? true;
        Validate(fields, name, slug, platform);
        if (fields.Problem is { } bad)
        {
            return bad;
        }

        if (!call.State.Modes.MemberProjectCreation && !call.Token.Scopes.Contains("org:write") && !call.Token.Scopes.Contains("team:admin"))
        {
            return ApiAnswer.Detail(403, "Your organization has disabled this feature for members.");
        }

        var result = call.State.Projects.Create(name!, slug, platform, team.Slug, defaultRules);
        return result.Try(out var project, out var refusal)
            ? new ApiAnswer(201, call.Json.Project(project, call.Token))
            : ApiAnswer.Of(refusal);
    }

    private static void Validate(BodyFields fields, string? name, string? slug, string? platform)
    {
        // On creation Sentry checks reserved words against the name, not the slug.
        if (name is not null && SlugRules.IsReserved(name))
        {
            fields.Fail("name", $"The name \"{name}\" is reserved and not allowed.");
        }

        if (slug is not null && SlugRules.Check(slug, int.MaxValue) is { } refusal)
        {
            fields.Fail("slug", refusal.Message);
        }

        if (platform is not null && !Platforms.IsKnown(platform))
        {
            fields.Fail("platform", "Invalid platform");
        }
    }
}
