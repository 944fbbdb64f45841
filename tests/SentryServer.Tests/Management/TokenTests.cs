using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Management;

public sealed class TokenTests
{
    [Fact]
    public async Task A_call_without_a_token_is_401_and_says_so()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("GET", "organizations/acme/", token: null);

        Assert.Equal(401, answer.Status);
        Assert.Equal("""{"detail":"Authentication credentials were not provided."}""", answer.Text);
    }

    [Fact]
    public async Task A_token_revoked_while_running_is_401_and_its_successor_works()
    {
        await using var sentry = await TestSentry.StartAsync();

        sentry.State.Tokens.Revoke(TestSentry.Token);
        sentry.State.Tokens.Grant("sntryi_new", "org:read");

        Assert.Equal("""{"detail":"Invalid token"}""", (await sentry.CallAsync("GET", "organizations/acme/")).Text);
        Assert.Equal(200, (await sentry.CallAsync("GET", "organizations/acme/", token: "sntryi_new")).Status);
    }

    [Theory]
    [InlineData("GET", "organizations/acme/", "org:read")]
    [InlineData("GET", "organizations/acme/projects/", "org:read")]
    [InlineData("GET", "organizations/acme/project-keys/", "org:read")]
    [InlineData("GET", "projects/acme/orders/", "project:read")]
    [InlineData("GET", "projects/acme/orders/keys/", "project:read")]
    [InlineData("POST", "teams/acme/platform/projects/", "project:write")]
    [InlineData("PUT", "projects/acme/orders/", "project:write")]
    [InlineData("DELETE", "projects/acme/orders/", "project:admin")]
    [InlineData("POST", "organizations/acme/teams/", "team:write")]
    public async Task A_route_is_403_without_its_scope_and_open_with_it(string method, string path, string scope)
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.State.Tokens.Grant("sntryu_without", "member:read");
        sentry.State.Tokens.Grant("sntryu_with", scope);

        var without = await sentry.CallAsync(method, path, "{}", "sntryu_without");
        var with = await sentry.CallAsync(method, path, "{}", "sntryu_with");

        Assert.Equal(403, without.Status);
        Assert.Equal("""{"detail":"You do not have permission to perform this action."}""", without.Text);
        Assert.NotEqual(403, with.Status);
    }

    [Fact]
    public async Task An_organisation_token_is_403_whatever_scopes_it_was_given()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.State.Tokens.Grant("sntrys_ci", "org:admin", "project:admin");

        Assert.Equal(403, (await sentry.CallAsync("GET", "organizations/acme/projects/", token: "sntrys_ci")).Status);
    }

    [Fact]
    public async Task A_higher_level_includes_the_lower_ones()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.State.Tokens.Grant("sntryu_admin", "project:admin");

        Assert.Equal(200, (await sentry.CallAsync("GET", "projects/acme/orders/", token: "sntryu_admin")).Status);
    }

    [Fact]
    public void An_unknown_scope_is_refused_without_repeating_the_token()
    {
        var error = Assert.Throws<ArgumentException>(() => new AccessToken("sntryi_secret", "project:wirte"));

        Assert.Contains("project:wirte", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sntryi_secret", error.Message, StringComparison.Ordinal);
    }
}
