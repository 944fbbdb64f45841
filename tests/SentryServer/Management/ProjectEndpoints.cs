using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>Listing, reading, changing and deleting projects.</summary>
internal static class ProjectEndpoints
{
    private const string Path = "/api/0/projects/{org}/{project}/";
    private const int MaxNameLength = 200;

    public static void Map(ApiRoutes routes)
    {
        routes.Map("GET", "/api/0/organizations/{org}/projects/", ["org:read"], List);
        routes.Map("GET", Path, ["project:read"], call => call.Project() is { } project ? ApiAnswer.Ok(call.Json.ProjectDetail(project, call.Token)) : Missing(call));
        routes.Map("PUT", Path, ["project:write"], UpdateAsync);
        routes.Map("DELETE", Path, ["project:admin"], Delete);
    }

    /// <summary>The answer for a project that is not there: a redirect when it was renamed, else 404.</summary>
    public static ApiAnswer Missing(ApiCall call) =>
        call.State.Projects.FindRenamed(call.Route("project")) is { Hidden: false } renamed ? call.Json.Moved(renamed) : ApiAnswer.NotFound;

    private static ApiAnswer List(ApiCall call)
    {
        var found = ProjectSearch.Find(call.State, call.State.Projects.ReadAll(), call.Query("query"));
        return Paging.Page(call, found, project => call.Json.Project(project, call.Token));
    }

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call)
    {
        if (call.Project() is not { } project)
        {
            return Missing(call);
        }

        var (fields, problem) = await call.ReadBodyAsync();
        if (fields is null)
        {
            return problem!;
        }

        var name = fields.Text("name", MaxNameLength);
        var slug = fields.Text("slug", call.State.Modes.MaxSlugLength);
        var platform = fields.Text("platform", 64);
        var domains = fields.Texts("allowedDomains");
        if (slug is not null && SlugRules.IsReserved(slug))
        {
            fields.Fail("slug", $"The slug \"{slug}\" is reserved and not allowed.");
        }

        if (platform is not null && !Platforms.IsKnown(platform))
        {
            fields.Fail("platform", "Invalid platform");
        }

        if (fields.Problem is { } bad)
        {
            return bad;
        }

        var result = call.State.Projects.Update(project.Id, before => before with
        {
            Name = name ?? before.Name,
            Slug = slug ?? before.Slug,
            Platform = platform ?? before.Platform,
            AllowedDomains = domains is null ? before.AllowedDomains : [.. domains],
        });
        return result.Try(out var updated, out var refusal) ? ApiAnswer.Ok(call.Json.ProjectDetail(updated, call.Token)) : ApiAnswer.Of(refusal);
    }

    private static ApiAnswer Delete(ApiCall call) =>
        call.Project() is not { } project ? Missing(call)
        : call.State.Projects.Delete(project.Slug).Try(out _, out var refusal) ? new ApiAnswer(204)
        : ApiAnswer.Of(refusal);
}
