using SentryOtel.Sentry.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class SentryApiClientTests
{
    [Fact]
    public async Task The_organisation_is_read_once_and_its_region_serves_the_calls_that_follow()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { PathPrefix = "/sentry", Projects = ["orders"] });

        var project = await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation);
        await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation);

        Assert.Equal("orders", project.Value!.Slug);
        Assert.Equal(1, api.Calls("GET", "/api/0/organizations/acme/"));
        Assert.Equal(api.Server.ManagementUrl + "/", api.Client.BaseAddress.AbsoluteUri);
    }

    [Fact]
    public async Task A_project_is_created_with_slug_and_without_the_default_rule()
    {
        await using var api = await ApiFixture.StartAsync();

        var created = await api.Client.CreateProjectAsync("platform", new NewProject("orders", null, "csharp"), ApiFixture.Cancellation);

        Assert.True(created.IsSuccess, created.ToString());
        var project = Assert.Single(api.State.Projects.All());
        Assert.Equal(("orders", "orders", false), (project.Slug, project.Name, project.DefaultRules));
        Assert.Equal(created.Value.Id, $"{project.Id}");
    }

    [Fact]
    public async Task A_platform_that_Sentry_does_not_know_becomes_other()
    {
        await using var api = await ApiFixture.StartAsync();

        var created = await api.Client.CreateProjectAsync("platform", new NewProject("orders", null, "abacus"), ApiFixture.Cancellation);

        Assert.Equal("other", created.Value?.Platform);
        Assert.Equal(2, api.Calls("POST", "projects/"));
    }

    [Fact]
    public async Task A_long_slug_gets_a_shorter_name()
    {
        await using var api = await ApiFixture.StartAsync();
        var slug = new string('a', 100);

        var created = await api.Client.CreateProjectAsync("platform", new NewProject(slug), ApiFixture.Cancellation);

        Assert.Equal((slug, 50), (created.Value!.Slug, created.Value.Name!.Length));
    }

    [Fact]
    public async Task A_renamed_project_is_followed_without_losing_the_token()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        api.State.Projects.Update(api.State.Projects.Find("orders")!.Id, static project => project with { Slug = "sales" });

        var project = await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation);

        Assert.Equal("sales", project.Value?.Slug);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(250)]
    public async Task Lists_are_read_to_the_last_page(int count)
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = [.. Enumerable.Range(0, count).Select(static i => $"p-{i}")] });

        var projects = await api.Client.ListProjectsAsync(ApiFixture.Cancellation);
        var keys = await api.Client.ListOrganizationKeysAsync(ApiFixture.Cancellation);

        Assert.Equal(count, projects.Value!.Count);
        Assert.Equal(count, keys.Value!.Select(static key => key.ProjectId).Distinct().Count());
        Assert.Equal(projects.Value.Select(static project => project.Id).Order(), keys.Value!.Select(static key => key.ProjectId).Order());
    }

    [Fact]
    public async Task Key_lists_go_past_the_first_page_and_leave_inactive_keys_out()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var id = api.State.Projects.Find("orders")!.Id;
        for (var i = 0; i < 120; i++)
        {
            api.State.Keys.Create(id, $"key {i}");
        }

        foreach (var key in api.State.Keys.All().TakeLast(60))
        {
            api.State.Keys.Update(key.Public, static old => old with { IsActive = false });
        }

        var keys = await api.Client.ListKeysAsync("orders", ApiFixture.Cancellation);

        Assert.Equal(61, keys.Value!.Count);
    }

    [Fact]
    public async Task Teams_are_listed_and_created_and_a_taken_slug_is_a_conflict()
    {
        await using var api = await ApiFixture.StartAsync();
        using var client = api.NewClient(Grant(api, "sntryi_teams", "org:read", "team:write"));

        var created = await client.CreateTeamAsync("backend", ApiFixture.Cancellation);
        var again = await client.CreateTeamAsync("backend", ApiFixture.Cancellation);
        var teams = await client.ListTeamsAsync(ApiFixture.Cancellation);

        Assert.Equal("backend", created.Value?.Slug);
        Assert.Equal(SentryErrorReason.Conflict, again.Error?.Reason);
        Assert.Equal(["backend", "platform"], teams.Value!.Select(static team => team.Slug).Order());
    }

    [Fact]
    public async Task Deleting_is_idempotent()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        using var client = api.NewClient(Grant(api, "sntryi_admin", "org:read", "project:admin"));

        Assert.True((await client.DeleteProjectAsync("orders", ApiFixture.Cancellation)).Value);
        var second = await client.DeleteProjectAsync("orders", ApiFixture.Cancellation);

        Assert.True(second.IsSuccess);
        Assert.False(second.Value);
    }

    [Fact]
    public async Task An_update_changes_name_and_platform()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });

        var updated = await api.Client.UpdateProjectAsync("orders", new ProjectUpdate(Name: "Orders", Platform: "python"), ApiFixture.Cancellation);

        Assert.Equal(("Orders", "python"), (updated.Value?.Name, updated.Value?.Platform));
        Assert.Equal("orders", api.State.Projects.All().Single().Slug);
    }

    [Fact]
    public async Task An_old_server_has_no_list_of_all_keys()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = Modes.OldServer, Projects = ["orders"] });

        var keys = await api.Client.ListOrganizationKeysAsync(ApiFixture.Cancellation);

        Assert.Equal(SentryErrorReason.NotFound, keys.Error?.Reason);
    }

    internal static string Grant(ApiFixture api, string token, params string[] scopes)
    {
        api.State.Tokens.Grant(token, scopes);
        return token;
    }
}
