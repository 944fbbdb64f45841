using System.Net;
using SentryOtel.Sentry.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class SentryApiErrorTests
{
    private const string ProjectPath = "/api/0/projects/*/*/";

    [Fact]
    public async Task An_unknown_token_is_unauthorized_and_never_printed()
    {
        await using var api = await ApiFixture.StartAsync(token: "sntryi_wrong");

        var error = (await api.Client.GetOrganizationAsync(ApiFixture.Cancellation)).Error!;

        Assert.Equal((SentryErrorReason.Unauthorized, 401), (error.Reason, error.Status));
        Assert.DoesNotContain("sntryi_wrong", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Invalid token", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    public async Task A_token_that_no_header_can_carry_is_unauthorized_without_a_call(string token)
    {
        await using var api = await ApiFixture.StartAsync(token: token);

        Assert.Equal(SentryErrorReason.Unauthorized, (await api.Client.GetOrganizationAsync(ApiFixture.Cancellation)).Error?.Reason);
        Assert.Empty(api.State.Requests.All());
    }

    [Fact]
    public async Task An_organisation_token_is_told_apart()
    {
        await using var api = await ApiFixture.StartAsync();
        using var client = api.NewClient(SentryApiClientTests.Grant(api, "sntrys_eyJ9_x"));

        var error = (await client.ListProjectsAsync(ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.TokenKindUnsupported, error.Reason);
        Assert.Contains("internal integration", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        using var client = api.NewClient(SentryApiClientTests.Grant(api, "sntryi_reader", "org:read", "project:read"));

        var create = (await client.CreateProjectAsync("platform", new NewProject("new"), ApiFixture.Cancellation)).Error!;
        var delete = (await client.DeleteProjectAsync("orders", ApiFixture.Cancellation)).Error!;

        Assert.Equal((SentryErrorReason.MissingScope, "project:write"), (create.Reason, create.Scope));
        Assert.Equal((SentryErrorReason.MissingScope, "project:admin"), (delete.Reason, delete.Scope));
        Assert.Contains("project:admin", delete.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_may_not_read_the_organisation_still_reads_projects()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        using var client = api.NewClient(SentryApiClientTests.Grant(api, "sntryi_project", "project:read"));

        Assert.True((await client.GetProjectAsync("orders", ApiFixture.Cancellation)).IsSuccess);
    }

    [Fact]
    public async Task Creation_closed_to_members_is_told_apart()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = new Modes { MemberProjectCreation = false } });

        var error = (await api.Client.CreateProjectAsync("platform", new NewProject("orders"), ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.MemberCreationDisabled, error.Reason);
    }

    [Fact]
    public async Task Missing_taken_and_invalid_are_three_reasons()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });

        var missing = (await api.Client.GetProjectAsync("nothing", ApiFixture.Cancellation)).Error!;
        var taken = (await api.Client.CreateProjectAsync("platform", new NewProject("orders"), ApiFixture.Cancellation)).Error!;
        var invalid = (await api.Client.CreateProjectAsync("platform", new NewProject("Not A Slug"), ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.NotFound, missing.Reason);
        Assert.Equal(SentryErrorReason.Conflict, taken.Reason);
        Assert.Equal(SentryErrorReason.Invalid, invalid.Reason);
        Assert.Contains("valid slug", Assert.Single(invalid.Fields["slug"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"detail":"plain text"}""", "plain text")]
    [InlineData("""{"detail":{"code":"sso-required","message":"Must login via SSO"}}""", "Must login via SSO")]
    [InlineData("""{"detail":["first","second"]}""", "first; second")]
    [InlineData("""["not","an object"]""", "not; an object")]
    [InlineData("<html>Bad gateway</html>", "<html>Bad gateway</html>")]
    [InlineData("", "(HTTP 418)")]
    public async Task Every_shape_of_error_body_is_read(string body, string said)
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail(ProjectPath, 418, body);

        var error = (await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.UnexpectedResponse, error.Reason);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_403_with_a_code_is_no_missing_scope()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail(ProjectPath, 403, """{"detail":{"code":"sso-required","message":"Must login via SSO"}}""");

        Assert.Equal(SentryErrorReason.Forbidden, (await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation)).Error?.Reason);
    }

    [Fact]
    public async Task A_long_error_body_is_cut_and_kept_on_one_line()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail(ProjectPath, 418, new string('x', 100_000) + "\n\n");

        var error = (await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation)).Error!;

        Assert.InRange(error.Message.Length, 100, 1200);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("<html></html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"slug":"orders"}""")]
    [InlineData("""{"id":"1","slug":null}""")]
    public async Task A_200_that_is_no_project_is_unexpected(string body)
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail(ProjectPath, 200, body);

        Assert.Equal(SentryErrorReason.UnexpectedResponse, (await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation)).Error?.Reason);
    }

    [Fact]
    public async Task Unknown_fields_nulls_and_numbers_for_text_are_tolerated()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail(ProjectPath, 200, """{"id":4500000000000101,"slug":"orders","name":null,"platform":null,"teams":null,"whatever":{"a":[1]}}""");

        var project = (await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation)).Value!;

        Assert.Equal(("4500000000000101", null), (project.Id, project.Platform));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("")]
    public async Task A_segment_that_would_name_another_object_is_never_sent(string slug)
    {
        await using var api = await ApiFixture.StartAsync();
        await api.Client.GetOrganizationAsync(ApiFixture.Cancellation);

        Assert.Equal(SentryErrorReason.Invalid, (await api.Client.DeleteProjectAsync(slug, ApiFixture.Cancellation)).Error?.Reason);
        Assert.Equal(0, api.Calls("DELETE", "/"));
    }

    [Fact]
    public async Task A_segment_with_slashes_and_queries_stays_one_segment()
    {
        await using var api = await ApiFixture.StartAsync();

        var error = (await api.Client.GetProjectAsync("../../organizations/acme?x=1#y", ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.NotFound, error.Reason);
        Assert.Equal(1, api.Calls("GET", "/api/0/projects/acme/"));
    }

    [Fact]
    public async Task Reads_are_retried_after_500_and_cut_connections()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        ArmedFault[] faults =
        [
            api.Fail(ProjectPath, 502, "<html>"),
            api.Server.Faults.Enqueue(new Fault { Path = ProjectPath, Reset = FaultPoint.Middle }),
            api.Server.Faults.Enqueue(new Fault { Path = ProjectPath, Reset = FaultPoint.After }),
        ];

        Assert.True((await api.Client.GetProjectAsync("orders", ApiFixture.Cancellation)).IsSuccess);
        Assert.All(faults, static fault => Assert.Equal(1, fault.Hits));
    }

    [Fact]
    public async Task A_create_without_an_answer_is_not_repeated()
    {
        await using var api = await ApiFixture.StartAsync();
        var fault = api.Server.Faults.Enqueue(new Fault { Path = ApiFixture.CreatePath, Reset = FaultPoint.After, Count = null });

        var error = (await api.Client.CreateProjectAsync("platform", new NewProject("orders"), ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.Unreachable, error.Reason);
        Assert.Equal(1, fault.Hits);
        Assert.Single(api.State.Projects.All());
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_timeout()
    {
        await using var api = await ApiFixture.StartAsync(timeout: TimeSpan.FromMilliseconds(200), retries: 0);
        api.Server.Faults.Enqueue(new Fault { Path = "**", Hold = FaultPoint.Before, Count = null });

        var error = (await api.Client.GetOrganizationAsync(ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.Timeout, error.Reason);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task A_timeout_that_no_timer_can_hold_is_a_long_one()
    {
        await using var api = await ApiFixture.StartAsync(timeout: TimeSpan.FromHours(1200), retries: 0);

        Assert.True((await api.Client.GetOrganizationAsync(ApiFixture.Cancellation)).IsSuccess);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_bounded_by_time()
    {
        await using var api = await ApiFixture.StartAsync(timeout: TimeSpan.FromMilliseconds(300), retries: 0);
        api.Server.Faults.Enqueue(new Fault { Path = "**", SlowBody = new SlowBody(4096, 0.01, NeverEnds: true), Count = null });

        Assert.Equal(SentryErrorReason.Timeout, (await api.Client.GetOrganizationAsync(ApiFixture.Cancellation)).Error?.Reason);
    }

    [Fact]
    public async Task A_server_that_is_down_is_unreachable_and_reachable_again_later()
    {
        await using var api = await ApiFixture.StartAsync();
        await api.Server.StopAsync();

        var down = await api.Client.GetOrganizationAsync(ApiFixture.Cancellation);
        await api.Server.ResumeAsync(ApiFixture.Cancellation);
        var up = await api.Client.GetOrganizationAsync(ApiFixture.Cancellation);

        Assert.Equal(SentryErrorReason.Unreachable, down.Error?.Reason);
        Assert.True(up.IsSuccess);
    }

    [Fact]
    public async Task Cancellation_by_the_caller_throws()
    {
        await using var api = await ApiFixture.StartAsync();
        var fault = api.Server.Faults.Enqueue(new Fault { Path = "**", Hold = FaultPoint.Before, Count = null });
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(ApiFixture.Cancellation);

        var call = api.Client.GetOrganizationAsync(cancellation.Token);
        await fault.ReachedAsync(ApiFixture.Cancellation);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_redirect_that_is_no_rename_is_an_error_that_names_the_address()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Server.Faults.Enqueue(new Fault
        {
            Path = "**",
            Answer = new FaultAnswer { Status = (int)HttpStatusCode.MovedPermanently, Headers = new Dictionary<string, string> { ["Location"] = "https://elsewhere.example/api/0/?token=1" } },
        });

        var error = (await api.Client.GetOrganizationAsync(ApiFixture.Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.Moved, error.Reason);
        Assert.Contains("https://elsewhere.example/api/0/", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token=1", error.Message, StringComparison.Ordinal);
    }
}
