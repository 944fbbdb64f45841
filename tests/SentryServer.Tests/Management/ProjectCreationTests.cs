using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Management;

public sealed class ProjectCreationTests
{
    private const string Path = "teams/acme/platform/projects/";

    [Fact]
    public async Task A_new_project_has_an_id_beyond_32_bits_as_text_its_team_and_no_keys_in_the_answer()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("POST", Path, """{"name":"Cart","slug":"cart","platform":"go","default_rules":false}""");

        Assert.Equal(201, answer.Status);
        Assert.True(long.Parse(answer.Json["id"]!.GetValue<string>()) > int.MaxValue);
        Assert.Equal("cart", (string?)answer.Json["slug"]);
        Assert.Equal("platform", (string?)answer.Json["team"]!["slug"]);
        Assert.Null(answer.Json["keys"]);
        Assert.False(sentry.State.Projects.Find("cart")!.DefaultRules);
    }

    [Fact]
    public async Task A_new_project_has_one_active_key_named_Default_whose_addresses_point_to_ingest()
    {
        await using var sentry = await TestSentry.StartAsync();
        var project = (await sentry.CallAsync("POST", Path, """{"name":"cart","slug":"cart"}""")).Json;

        var key = Assert.Single((await sentry.CallAsync("GET", "projects/acme/cart/keys/")).Json.AsArray())!;

        var (id, ingest) = ((string)project["id"]!, sentry.Host.IngestUrl);
        Assert.Equal("Default", (string?)key["name"]);
        Assert.Equal(long.Parse(id), key["projectId"]!.GetValue<long>());
        Assert.Equal($"http://{key["public"]}@{ingest.Authority}/{id}", (string?)key["dsn"]!["public"]);
        Assert.Equal($"{ingest}api/{id}/integration/otlp/v1/traces", (string?)key["dsn"]!["otlp_traces"]);
        Assert.Equal($"{ingest}api/{id}/integration/otlp/v1/logs", (string?)key["dsn"]!["otlp_logs"]);
    }

    [Theory]
    [InlineData("""{"slug":"cart"}""", """{"name":["This field is required."]}""")]
    [InlineData("""{"name":"n23456789012345678901234567890123456789012345678901"}""", """{"name":["Ensure this field has no more than 50 characters."]}""")]
    [InlineData("""{"name":"auth","slug":"cart"}""", """{"name":["The name \u0022auth\u0022 is reserved and not allowed."]}""")]
    [InlineData("""{"name":"cart","slug":"Cart"}""", """{"slug":["Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric."]}""")]
    [InlineData("""{"name":"cart","slug":"123"}""", """{"slug":["Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric."]}""")]
    [InlineData("""{"name":"cart","slug":"cart","platform":"cobol"}""", """{"platform":["Invalid platform"]}""")]
    [InlineData("""{"name":"cart","slug":7}""", """{"slug":["Not a valid string."]}""")]
    public async Task A_bad_field_is_400_and_named(string body, string expected)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("POST", Path, body);

        Assert.Equal(400, answer.Status);
        Assert.Equal(expected, answer.Text);
    }

    [Theory]
    [InlineData(100, 100, 201)]
    [InlineData(100, 101, 400)]
    [InlineData(50, 51, 400)]
    public async Task A_slug_may_be_as_long_as_this_server_allows(int allowed, int length, int status)
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { MaxSlugLength = allowed });

        Assert.Equal(status, (await sentry.CallAsync("POST", Path, $$"""{"name":"x","slug":"{{new string('a', length)}}"}""")).Status);
    }

    [Fact]
    public async Task A_taken_slug_is_409()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("POST", Path, """{"name":"orders","slug":"orders"}""");

        Assert.Equal(409, answer.Status);
        Assert.Equal("""{"detail":"A project with this slug already exists."}""", answer.Text);
    }

    [Fact]
    public async Task Of_many_creations_at_once_one_wins()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => sentry.CallAsync("POST", Path, """{"name":"cart","slug":"cart"}""")));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(15, answers.Count(answer => answer.Status == 409));
    }

    [Fact]
    public async Task Without_a_slug_a_clash_is_201_with_a_random_tail()
    {
        await using var sentry = await TestSentry.StartAsync();

        var slug = (string)(await sentry.CallAsync("POST", Path, """{"name":"Orders"}""")).Json["slug"]!;

        Assert.StartsWith("orders-", slug, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("teams/acme/nobody/projects/")]
    [InlineData("teams/other/platform/projects/")]
    public async Task An_unknown_team_or_organisation_is_404(string path)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("POST", path, """{"name":"cart","slug":"cart"}""");

        Assert.Equal(404, answer.Status);
        Assert.Equal("""{"detail":"The requested resource does not exist"}""", answer.Text);
    }

    [Theory]
    [InlineData("project:write", 403)]
    [InlineData("project:write,org:write", 201)]
    [InlineData("project:write,team:admin", 201)]
    public async Task With_creation_disabled_for_members_a_token_needs_more(string scopes, int status)
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { MemberProjectCreation = false });
        sentry.State.Tokens.Grant("sntryi_member", scopes.Split(','));

        var answer = await sentry.CallAsync("POST", Path, """{"name":"cart","slug":"cart"}""", "sntryi_member");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 403, answer.Text == """{"detail":"Your organization has disabled this feature for members."}""");
    }

    [Fact]
    public async Task A_project_that_no_caller_can_see_still_holds_its_slug()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.State.Projects.Update(sentry.Orders.Id, project => project with { Hidden = true });

        Assert.Equal(409, (await sentry.CallAsync("POST", Path, """{"name":"orders","slug":"orders"}""")).Status);
        Assert.Equal(404, (await sentry.CallAsync("GET", "projects/acme/orders/")).Status);
    }

    [Fact]
    public async Task While_reads_lag_behind_a_new_project_and_its_keys_are_missed()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { ProjectVisibilityLag = 2, KeyVisibilityLag = 1 });
        await sentry.CallAsync("POST", Path, """{"name":"cart","slug":"cart"}""");

        Assert.Equal(404, (await sentry.CallAsync("GET", "projects/acme/cart/")).Status);
        Assert.DoesNotContain("cart", (await sentry.CallAsync("GET", "organizations/acme/projects/?query=slug:cart")).Text, StringComparison.Ordinal);
        Assert.Empty((await sentry.CallAsync("GET", "projects/acme/cart/keys/")).Json.AsArray());
        Assert.Single((await sentry.CallAsync("GET", "projects/acme/cart/keys/")).Json.AsArray());
    }
}
