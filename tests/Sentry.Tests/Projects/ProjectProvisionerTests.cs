using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using static SentryOtel.Sentry.Tests.Projects.Provisioning;

namespace SentryOtel.Sentry.Tests.Projects;

public sealed class ProjectProvisionerTests
{
    [Fact]
    public async Task A_missing_project_is_created_marked_and_ready_to_send_to()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { PathPrefix = "/pfx" });

        var project = await ProvisionAsync(api, Orders with { Platform = "csharp", Name = "Orders" });

        var made = Assert.Single(api.State.Projects.All());
        Assert.True(project.Created);
        Assert.Equal(("orders", $"{made.Id}"), (project.Slug, project.Id));
        Assert.Equal(Marker, api.State.Keys.Find(project.PublicKey)!.Name);
        Assert.Equal($"{api.Server.IngestUrl}/api/{made.Id}/integration/otlp/v1/traces", project.Endpoints.Traces.AbsoluteUri);
        Assert.DoesNotContain(project.PublicKey, project.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provisioning_again_changes_nothing()
    {
        await using var api = await ApiFixture.StartAsync();
        var first = await ProvisionAsync(api, Orders);
        api.State.Requests.Clear();

        var second = await ProvisionAsync(api, Orders with { Known = Remember(first) });
        var forgotten = await ProvisionAsync(api, Orders);

        Assert.True(first.CreatedNow);
        Assert.Equal(first with { CreatedNow = false }, second);
        Assert.Equal((first.Id, true, first.PublicKey), (forgotten.Id, forgotten.Created, forgotten.PublicKey));
        Assert.Equal(0, api.Calls("POST", "") + api.Calls("PUT", ""));
    }

    [Fact]
    public async Task A_project_that_was_there_is_used_and_left_alone()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });

        var project = await ProvisionAsync(api, Orders with { Name = "Renamed", Platform = "python" });

        Assert.True(project.PreExisting);
        Assert.Equal("Default", api.State.Keys.Find(project.PublicKey)!.Name);
        Assert.Equal(0, api.Calls("POST", "") + api.Calls("PUT", ""));
    }

    [Fact]
    public async Task An_adopted_project_is_brought_in_line_and_still_not_called_created()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"], Teams = ["platform", "backend"] });

        var project = await ProvisionAsync(api, Orders with { Adoption = AdoptionPolicy.Adopt, Team = "backend", Platform = "python" });
        api.State.Requests.Clear();
        await ProvisionAsync(api, Orders with { Adoption = AdoptionPolicy.Adopt, Team = "backend", Platform = "python", Known = Remember(project) });

        var adopted = api.State.Projects.Find("orders")!;
        Assert.False(project.Created);
        Assert.Null(project.Warning);
        Assert.Equal("python", adopted.Platform);
        Assert.Contains(api.State.Teams.Find("backend")!.Id, adopted.TeamIds);
        Assert.Equal(0, api.Calls("POST", "") + api.Calls("PUT", ""));
    }

    [Fact]
    public async Task A_platform_that_can_not_be_set_is_a_warning()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });

        var project = await ProvisionAsync(api, Orders with { Adoption = AdoptionPolicy.Adopt, Platform = "abacus" });

        Assert.Contains("platform", project.Warning, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task CreateOnly_refuses_a_project_that_was_there()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });

        var error = await FailAsync(api, Orders with { Adoption = AdoptionPolicy.CreateOnly });

        Assert.Equal(ProvisionErrorReason.ProjectExists, error.Reason);
    }

    [Fact]
    public async Task A_missing_project_that_may_not_be_created_is_an_error_with_the_cure()
    {
        await using var api = await ApiFixture.StartAsync();

        var error = await FailAsync(api, Orders with { MayCreate = false });

        Assert.Equal("ProjectNotFound", error.ConditionReason);
        Assert.Contains("autoCreateProjects", error.Message, StringComparison.Ordinal);
        Assert.Empty(api.State.Projects.All());
    }

    [Fact]
    public async Task A_slug_taken_out_of_sight_is_an_error_of_its_own()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        api.State.Projects.Update(api.State.Projects.Find("orders")!.Id, static project => project with { Hidden = true });

        Assert.Equal(ProvisionErrorReason.SlugTaken, (await FailAsync(api, Orders)).Reason);
    }

    [Fact]
    public async Task A_project_renamed_in_Sentry_is_followed_and_no_second_one_is_made()
    {
        await using var api = await ApiFixture.StartAsync();
        var first = await ProvisionAsync(api, Orders);
        api.State.Projects.Update(long.Parse(first.Id), static project => project with { Slug = "sales" });

        var renamed = await ProvisionAsync(api, Orders with { Known = Remember(first) });
        var later = await ProvisionAsync(api, Orders with { Known = Remember(renamed) });

        Assert.Equal((first.Id, "sales", true, true), (renamed.Id, renamed.Slug, renamed.Renamed, renamed.Created));
        Assert.Equal(renamed, later);
        Assert.Single(api.State.Projects.All());
    }

    [Fact]
    public async Task A_wish_for_another_slug_leads_to_another_project()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["sales"] });
        var first = await ProvisionAsync(api, Orders);

        var second = await ProvisionAsync(api, Orders with { Slug = "sales", Known = Remember(first) });

        Assert.Equal(("sales", first.Id, false), (second.Slug, second.ReplacedId, second.Created));
    }

    [Fact]
    public async Task A_slug_too_long_for_an_old_server_is_an_error_of_its_own()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = Modes.OldServer });

        Assert.Equal(ProvisionErrorReason.InvalidSlug, (await FailAsync(api, Orders with { Slug = new string('a', 60) })).Reason);
    }

    [Fact]
    public async Task An_old_server_without_OTLP_addresses_is_sent_to_all_the_same()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = Modes.OldServer, PathPrefix = "/old" });

        var project = await ProvisionAsync(api, Orders with { IngestUrl = new Uri("http://relay.example:3000") });

        Assert.Equal($"http://relay.example:3000/api/{project.Id}/integration/otlp/v1/logs", project.Endpoints.Logs.AbsoluteUri);
    }
}
