using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Projects;

public sealed class ProjectProvisionerTests
{
    private const string Owner = "0b7b9f0c-6f0e-4c55-9f57-0d2a1b1d3c11";
    private const string Marker = "sentry-otel-operator/" + Owner;

    private static readonly ProvisionRequest Orders = new() { Owner = Owner, Slug = "orders", MayCreate = true };

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_create_that_was_carried_out_without_an_answer_ends_with_one_project_of_ours(bool stateIsLag)
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = new Modes { ProjectVisibilityLag = stateIsLag ? 1 : 0 } });
        api.Server.Faults.Enqueue(new Fault { Path = ApiFixture.CreatePath, Reset = FaultPoint.After });
        CreateIntent? intent = null;
        var request = Orders with { RecordIntent = (recorded, _) => Task.FromResult(intent = recorded) };

        var error = await FailAsync(api, request);
        Assert.True(error.IsTransient);
        Assert.Equal("orders", intent?.Slug);
        var project = await ProvisionAsync(api, request with { Intent = intent });

        Assert.True(project.Created);
        Assert.Single(api.State.Projects.All());
        Assert.Contains(api.State.Keys.All(), static key => key.Name == Marker);
    }

    [Fact]
    public async Task The_intent_is_recorded_before_the_create_is_sent()
    {
        await using var api = await ApiFixture.StartAsync();
        var request = Orders with { RecordIntent = static (_, _) => throw new IOException("no storage") };

        await Assert.ThrowsAsync<IOException>(() => new ProjectProvisioner(api.Client, TimeProvider.System).ProvisionAsync(request, ApiFixture.Cancellation));

        Assert.Empty(api.State.Projects.All());
    }

    [Theory]
    [InlineData(403)]
    [InlineData(400)]
    [InlineData(409)]
    public async Task The_intent_of_a_refused_create_does_not_claim_what_a_person_makes_a_moment_later(int status)
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail(ApiFixture.CreatePath, status, """{"detail":"no"}""", method: "POST");
        CreateIntent? intent = null;
        var request = Orders with { RecordIntent = (recorded, _) => Task.FromResult(intent = recorded) };

        await FailAsync(api, request);
        Assert.Null(intent);
        api.State.Projects.Create("orders", "orders");

        Assert.False((await ProvisionAsync(api, request with { Intent = intent })).Created);
    }

    [Fact]
    public async Task An_old_intent_does_not_claim_a_project_that_a_person_made()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var made = api.State.Projects.Find("orders")!.DateCreated;

        var project = await ProvisionAsync(api, Orders with { Intent = new CreateIntent("orders", made.AddMinutes(-6)) });

        Assert.False(project.Created);
    }

    [Fact]
    public async Task Two_owners_that_race_make_one_project_and_one_of_them_made_it()
    {
        await using var api = await ApiFixture.StartAsync();
        var owners = Enumerable.Range(0, 4).Select(static i => $"owner-{i}").ToArray();

        var projects = await Task.WhenAll(owners.Select(owner => ProvisionAsync(api, Orders with { Owner = owner, RecordIntent = static (_, _) => Task.CompletedTask })));

        Assert.Single(api.State.Projects.All());
        Assert.Single(projects.Select(static project => project.Id).Distinct());
        Assert.Single(projects, static project => project.Created);
    }

    [Fact]
    public async Task Another_owners_marker_outweighs_an_intent()
    {
        await using var api = await ApiFixture.StartAsync();
        await ProvisionAsync(api, Orders with { Owner = "other" });

        var project = await ProvisionAsync(api, Orders with { Intent = new CreateIntent("orders", TimeProvider.System.GetUtcNow()) });

        Assert.False(project.Created);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_found_at_another_address_counts_when_the_project_has_its_id_and_its_key(bool isSameServer)
    {
        await using var api = await ApiFixture.StartAsync();
        var first = await ProvisionAsync(api, Orders);
        var remembered = Remember(first)! with { PublicKey = isSameServer ? first.PublicKey : "0123456789abcdef0123456789abcdef" };

        // Its marker is not there, so that nothing else tells whose it is.
        var second = await ProvisionAsync(api, Orders with { Owner = "another", KnownElsewhere = remembered });

        Assert.Equal((isSameServer, isSameServer ? null : first.Id), (second.Created, second.ReplacedId));
    }

    [Fact]
    public async Task A_deleted_project_is_made_anew_and_one_that_somebody_else_remade_is_theirs()
    {
        await using var api = await ApiFixture.StartAsync();
        var first = await ProvisionAsync(api, Orders);
        api.State.Projects.Delete("orders");
        var second = await ProvisionAsync(api, Orders with { Known = Remember(first) });
        api.State.Projects.Delete("orders");
        api.State.Projects.Create("orders", "orders");
        var third = await ProvisionAsync(api, Orders with { Known = Remember(second) });

        Assert.Equal((true, first.Id), (second.Created, second.ReplacedId));
        Assert.Equal((false, second.Id), (third.Created, third.ReplacedId));
    }

    [Fact]
    public async Task The_key_in_use_is_kept_while_active_and_replaced_with_the_oldest_when_not()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var newer = api.State.Keys.Create(api.State.Projects.Find("orders")!.Id, "second");
        var request = Orders with { Known = new KnownProject($"{newer.ProjectId}", "orders", false, newer.Public) };

        Assert.Equal(newer.Public, (await ProvisionAsync(api, request)).PublicKey);
        api.State.Keys.Update(newer.Public, static key => key with { IsActive = false });
        Assert.Equal("Default", api.State.Keys.Find((await ProvisionAsync(api, request)).PublicKey)!.Name);
    }

    [Fact]
    public async Task A_key_asked_for_by_name_must_be_there()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });

        var error = await FailAsync(api, Orders with { KeyName = "otlp" });
        var key = api.State.Keys.Create(api.State.Projects.Find("orders")!.Id, "otlp");

        Assert.Equal(ProvisionErrorReason.NoActiveKey, error.Reason);
        Assert.Equal(key.Public, (await ProvisionAsync(api, Orders with { KeyName = "otlp" })).PublicKey);
    }

    [Fact]
    public async Task A_project_without_an_active_key_gets_one_only_when_adopted()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        api.State.Keys.Update(api.State.Keys.All().Single().Public, static key => key with { IsActive = false });

        Assert.Equal(ProvisionErrorReason.NoActiveKey, (await FailAsync(api, Orders)).Reason);
        Assert.Equal("sentry-otel-operator", api.State.Keys.Find((await ProvisionAsync(api, Orders with { Adoption = AdoptionPolicy.Adopt })).PublicKey)!.Name);
        Assert.False((await ProvisionAsync(api, Orders)).Created);
    }

    [Fact]
    public async Task A_key_list_that_lags_behind_the_create_does_not_matter()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = new Modes { KeyVisibilityLag = 5 } });

        Assert.True((await ProvisionAsync(api, Orders)).Created);
    }

    [Fact]
    public async Task A_marker_that_could_not_be_made_is_made_on_the_next_pass()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail("/api/0/projects/*/*/keys/", 503, method: "POST");
        CreateIntent? intent = null;
        var request = Orders with { RecordIntent = (recorded, _) => Task.FromResult(intent = recorded) };

        var error = await FailAsync(api, request);
        var project = await ProvisionAsync(api, request with { Intent = intent });

        Assert.Equal((ProvisionErrorReason.KeyNotReady, true), (error.Reason, error.IsTransient));
        Assert.True(project.Created);
        Assert.Single(api.State.Projects.All());
    }

    [Fact]
    public async Task Without_a_team_named_the_oldest_takes_the_project()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Teams = ["zebra", "ant"] });

        await ProvisionAsync(api, Orders);
        await ProvisionAsync(api, Orders with { Slug = "sales", Team = "ant" });

        var teams = api.State.Teams.All().ToDictionary(static team => team.Id, static team => team.Slug);
        Assert.Equal(["zebra", "ant"], api.State.Projects.All().Select(project => teams[project.TeamIds.Single()]));
    }

    [Fact]
    public async Task With_several_teams_and_none_named_the_choices_are_named_if_so_wished()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Teams = ["zebra", "ant"] });

        var error = await FailAsync(api, Orders with { SeveralTeams = SeveralTeams.Refuse });
        api.State.Teams.Delete("ant");
        var project = await ProvisionAsync(api, Orders with { SeveralTeams = SeveralTeams.Refuse });

        Assert.Equal(ProvisionErrorReason.AmbiguousTeam, error.Reason);
        Assert.Contains("ant, zebra", error.Message, StringComparison.Ordinal);
        Assert.True(project.Created);
    }

    [Fact]
    public async Task A_missing_team_is_an_error_with_the_cure()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Teams = [] });

        Assert.Equal(ProvisionErrorReason.NoTeam, (await FailAsync(api, Orders)).Reason);
        var error = await FailAsync(api, Orders with { Team = "ghosts" });
        Assert.Equal(ProvisionErrorReason.TeamNotFound, error.Reason);
        Assert.Contains("projects.team", error.Message, StringComparison.Ordinal);
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

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 5)]
    public async Task The_catalog_reads_two_lists_or_falls_back_to_one_per_project(bool modern, int calls)
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders", "sales"], Modes = new Modes { OrganizationProjectKeys = modern } });

        var catalog = (await ProjectCatalog.LoadAsync(api.Client, ApiFixture.Cancellation)).Value!;

        Assert.Equal(["orders", "sales"], catalog.Projects.Select(static project => project.Slug).Order());
        Assert.All(catalog.Projects, project => Assert.Single(catalog.KeysOf(project.Id)));
        Assert.Equal(catalog.FindBySlug("sales"), catalog.FindById(catalog.FindBySlug("sales")!.Id));
        Assert.Equal(calls, api.Calls("GET", "/"));
    }

    private static KnownProject Remember(ProvisionedProject project) => new(project.Id, project.Slug, project.Created, project.PublicKey);

    private static async Task<ProvisionedProject> ProvisionAsync(ApiFixture api, ProvisionRequest request)
    {
        var result = await new ProjectProvisioner(api.Client, TimeProvider.System).ProvisionAsync(request, ApiFixture.Cancellation);
        Assert.True(result.IsSuccess, result.Error?.Message);
        return result.Project;
    }

    private static async Task<ProvisionError> FailAsync(ApiFixture api, ProvisionRequest request)
    {
        var result = await new ProjectProvisioner(api.Client, TimeProvider.System).ProvisionAsync(request, ApiFixture.Cancellation);
        Assert.False(result.IsSuccess, "a project was provisioned");
        return result.Error;
    }
}
