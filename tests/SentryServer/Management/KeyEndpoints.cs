using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>Client keys of one project and of the whole organisation.</summary>
internal static class KeyEndpoints
{
    private const string Keys = "/api/0/projects/{org}/{project}/keys/";
    private const string OneKey = "/api/0/projects/{org}/{project}/keys/{key}/";
    private const int DefaultPerPage = 10;
    private const int MaxNameLength = 64;

    public static void Map(ApiRoutes routes)
    {
        routes.Map("GET", Keys, ["project:read"], List);
        routes.Map("POST", Keys, ["project:write"], call => WithProjectAsync(call, CreateAsync));
        routes.Map("GET", OneKey, ["project:read"], call => WithKeyAsync(call, key => Task.FromResult(ApiAnswer.Ok(call.Json.Key(key)))));
        routes.Map("PUT", OneKey, ["project:write"], call => WithKeyAsync(call, key => UpdateAsync(call, key)));
        routes.Map("DELETE", OneKey, ["project:admin"], call => WithKeyAsync(call, key => Task.FromResult(call.State.Keys.Delete(key.Public) ? new ApiAnswer(204) : ApiAnswer.NotFound)));
        routes.Map("GET", "/api/0/organizations/{org}/project-keys/", ["org:read"], ListAll);
    }

    private static ApiAnswer List(ApiCall call) =>
        call.Project() is { } project ? Page(call, call.State.Keys.Read(project.Id)) : ProjectEndpoints.Missing(call);

    private static ApiAnswer ListAll(ApiCall call)
    {
        if (!call.State.Modes.OrganizationProjectKeys)
        {
            return ApiAnswer.NotFound;
        }

        IEnumerable<ProjectKey> keys = call.State.Keys.ReadAll();
        if (call.Query("team") is { } slug)
        {
            if (call.State.Teams.Find(slug) is not { } team)
            {
                return ApiAnswer.Detail(404, "Team not found");
            }

            keys = keys.Where(key => call.State.Projects.Get(key.ProjectId)?.TeamIds.Contains(team.Id) == true);
        }

        return Page(call, keys);
    }

    /// <summary>A page of keys, newest first. A status other than active or inactive finds nothing.</summary>
    private static ApiAnswer Page(ApiCall call, IEnumerable<ProjectKey> keys)
    {
        var status = call.Query("status");
        var found = status is null ? keys : keys.Where(key => status == (key.IsActive ? "active" : "inactive"));
        return Paging.Page(call, [.. found], call.Json.Key, DefaultPerPage);
    }

    private static async Task<ApiAnswer> CreateAsync(ApiCall call, Project project)
    {
        var (fields, problem) = await call.ReadBodyAsync();
        if (fields is null)
        {
            return problem!;
        }

        var name = fields.Text("name", MaxNameLength) ?? "New key";
        var limit = fields.RateLimit("rateLimit");
        var publicKey = Preset(call, fields, "public");
        var secret = Preset(call, fields, "secret");
        if (fields.Problem is { } bad)
        {
            return bad;
        }

        var kept = call.State.Modes.KeyRateLimits ? limit : null;
        return new ApiAnswer(201, call.Json.Key(call.State.Keys.Create(project.Id, name, publicKey, secret, kept)));
    }

    private static async Task<ApiAnswer> UpdateAsync(ApiCall call, ProjectKey key)
    {
        var (fields, problem) = await call.ReadBodyAsync();
        if (fields is null)
        {
            return problem!;
        }

        var name = fields.Text("name", MaxNameLength);
        var isActive = fields.Flag("isActive");
        var limit = fields.RateLimit("rateLimit");
        if (fields.Problem is { } bad)
        {
            return bad;
        }

        var changesLimit = call.State.Modes.KeyRateLimits && fields.Has("rateLimit");
        var after = call.State.Keys.Update(key.Public, before => before with
        {
            Name = name ?? before.Name,
            IsActive = isActive ?? before.IsActive,
            RateLimit = changesLimit ? limit : before.RateLimit,
        });
        return after is null ? ApiAnswer.NotFound : ApiAnswer.Ok(call.Json.Key(after));
    }

    /// <summary>Sentry lets a caller choose the 32 digits of a new key.</summary>
    private static string? Preset(ApiCall call, BodyFields fields, string name)
    {
        var digits = fields.Text(name, 32);
        if (digits is not null && (digits.Length != 32 || !digits.All(char.IsAsciiHexDigit)))
        {
            fields.Fail(name, "Give 32 hexadecimal digits.");
        }
        else if (digits is not null && name == "public" && call.State.Keys.Find(digits) is not null)
        {
            fields.Fail(name, "A key with this public part exists.");
        }

        return digits;
    }

    private static Task<ApiAnswer> WithProjectAsync(ApiCall call, Func<ApiCall, Project, Task<ApiAnswer>> handler) =>
        call.Project() is { } project ? handler(call, project) : Task.FromResult(ProjectEndpoints.Missing(call));

    private static Task<ApiAnswer> WithKeyAsync(ApiCall call, Func<ProjectKey, Task<ApiAnswer>> handler) =>
        WithProjectAsync(call, (_, project) => call.Key(project) is { } key ? handler(key) : Task.FromResult(ApiAnswer.NotFound));
}
