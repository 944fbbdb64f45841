namespace SentryOtel.Sentry.Api;

/// <summary>One operation of the API: what errors call it, the scope it needs, whether it may be repeated.</summary>
internal sealed record SentryApiOperation(string Name, HttpMethod Method, string Scope)
{
    public static readonly SentryApiOperation GetOrganization = new("read organization", HttpMethod.Get, "org:read");
    public static readonly SentryApiOperation ListProjects = new("list projects", HttpMethod.Get, "org:read");
    public static readonly SentryApiOperation GetProject = new("read project", HttpMethod.Get, "project:read");
    public static readonly SentryApiOperation CreateProject = new("create project", HttpMethod.Post, "project:write");
    public static readonly SentryApiOperation UpdateProject = new("update project", HttpMethod.Put, "project:write");
    public static readonly SentryApiOperation DeleteProject = new("delete project", HttpMethod.Delete, "project:admin");
    public static readonly SentryApiOperation ListTeams = new("list teams", HttpMethod.Get, "org:read");
    public static readonly SentryApiOperation CreateTeam = new("create team", HttpMethod.Post, "team:write");
    public static readonly SentryApiOperation AddTeam = new("add team to project", HttpMethod.Post, "project:write");
    public static readonly SentryApiOperation ListKeys = new("list client keys", HttpMethod.Get, "project:read");
    public static readonly SentryApiOperation CreateKey = new("create client key", HttpMethod.Post, "project:write");
    public static readonly SentryApiOperation ListOrganizationKeys = new("list client keys of the organization", HttpMethod.Get, "org:read");

    public bool IsRepeatable => Method != HttpMethod.Post;
}
