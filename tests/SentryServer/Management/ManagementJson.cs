using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>The objects of the management API, with Sentry's mix of types: ids are strings, a key's projectId is a number.</summary>
internal sealed class ManagementJson(SentryState state, PublicAddresses addresses)
{
    public JsonObject Organization(AccessToken token)
    {
        var modes = state.Modes;
        var features = new List<string> { "discover-basic" };
        if (modes.LogsIngestion)
        {
            features.Add("ourlogs-ingestion");
        }

        return new JsonObject
        {
            ["id"] = Id(state.Organization.Id),
            ["slug"] = state.Organization.Slug,
            ["name"] = state.Organization.Name,
            ["status"] = new JsonObject { ["id"] = "active", ["name"] = "active" },
            ["features"] = Strings(features),
            ["access"] = Strings(token.Scopes.Order(StringComparer.Ordinal)),
            ["allowMemberProjectCreation"] = modes.MemberProjectCreation,
            ["links"] = new JsonObject { ["organizationUrl"] = addresses.Management, ["regionUrl"] = modes.RegionUrl ?? addresses.Management },
        };
    }

    public JsonObject Team(Team team) => new()
    {
        ["id"] = Id(team.Id),
        ["slug"] = team.Slug,
        ["name"] = team.Name,
        ["dateCreated"] = Date(team.DateCreated),
        ["isMember"] = false,
        ["hasAccess"] = true,
        ["memberCount"] = 0,
        ["avatar"] = new JsonObject { ["avatarType"] = "letter_avatar", ["avatarUuid"] = null },
    };

    public JsonObject Project(Project project, AccessToken token)
    {
        var teams = state.Teams.OfProject(project);
        return new JsonObject
        {
            ["id"] = Id(project.Id),
            ["slug"] = project.Slug,
            ["name"] = project.Name,
            ["platform"] = project.Platform,
            ["dateCreated"] = Date(project.DateCreated),
            ["team"] = teams.IsEmpty ? null : TeamReference(teams[0]),
            ["teams"] = new JsonArray([.. teams.Select(TeamReference)]),
            ["access"] = Strings(token.Scopes.Order(StringComparer.Ordinal)),
            ["hasAccess"] = true,
            ["isMember"] = false,
            ["isBookmarked"] = false,
            ["features"] = new JsonArray(),
            ["environments"] = new JsonArray(),
            ["platforms"] = project.Platform is null ? [] : new JsonArray(project.Platform),
            ["firstEvent"] = null,
            ["latestRelease"] = null,
        };
    }

    public JsonObject ProjectDetail(Project project, AccessToken token)
    {
        var detail = Project(project, token);
        detail["status"] = "active";
        detail["organization"] = new JsonObject { ["id"] = Id(state.Organization.Id), ["slug"] = state.Organization.Slug, ["name"] = state.Organization.Name };
        detail["allowedDomains"] = Strings(project.AllowedDomains);
        detail["options"] = new JsonObject();
        return detail;
    }

    public JsonObject Key(ProjectKey key)
    {
        var ingest = addresses.Ingest;
        var (scheme, place) = state.Modes.AddressesInKeys ? (ingest.Scheme, ingest.Authority + ingest.AbsolutePath.TrimEnd('/')) : ("", "");
        var origin = state.Modes.AddressesInKeys ? $"{scheme}://{place}" : "";
        var integration = $"{origin}/api/{Id(key.ProjectId)}/integration/";
        var dsn = new JsonObject
        {
            ["public"] = $"{scheme}://{key.Public}@{place}/{Id(key.ProjectId)}",
            ["secret"] = $"{scheme}://{key.Public}:{key.Secret}@{place}/{Id(key.ProjectId)}",
        };
        if (state.Modes.OtlpUrlsInKeys)
        {
            dsn["integration"] = integration;
            dsn["otlp_traces"] = $"{integration}otlp/v1/traces";
            dsn["otlp_logs"] = $"{integration}otlp/v1/logs";
        }

        return new JsonObject
        {
            ["id"] = key.Public,
            ["name"] = key.Name,
            ["label"] = key.Name,
            ["public"] = key.Public,
            ["secret"] = key.Secret,
            ["projectId"] = key.ProjectId,
            ["isActive"] = key.IsActive,
            ["rateLimit"] = key.RateLimit is { } limit ? new JsonObject { ["window"] = limit.Window, ["count"] = limit.Count } : null,
            ["dateCreated"] = Date(key.DateCreated),
            ["useCase"] = "user",
            ["dsn"] = dsn,
        };
    }

    public ApiAnswer Moved(Project project)
    {
        var url = $"{addresses.Management}/api/0/projects/{state.Organization.Slug}/{project.Slug}/";
        return new ApiAnswer(302, new JsonObject
        {
            ["slug"] = project.Slug,
            ["detail"] = new JsonObject
            {
                ["code"] = "resource-moved",
                ["message"] = "Resource has been moved",
                ["extra"] = new JsonObject { ["url"] = url, ["slug"] = project.Slug },
            },
        })
        {
            Headers = ImmutableDictionary<string, string>.Empty.Add("Location", url),
        };
    }

    private static JsonNode TeamReference(Team team) => new JsonObject { ["id"] = Id(team.Id), ["slug"] = team.Slug, ["name"] = team.Name };

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
