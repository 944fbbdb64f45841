using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.Management;
using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Management;

public sealed class ApiRateLimitTests
{
    private static readonly Modes Limited = new() { ApiRateLimit = new ApiRateLimit(Limit: 2, WindowSeconds: 1) };

    [Fact]
    public async Task A_self_hosted_server_sends_no_limit_headers()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("GET", "organizations/acme/");

        Assert.DoesNotContain(answer.Message.Headers, header => header.Key.StartsWith("X-Sentry-Rate-Limit", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Beyond_the_limit_a_route_is_429_without_Retry_After_until_the_reset()
    {
        await using var sentry = await TestSentry.StartAsync(Limited);
        var first = await sentry.CallAsync("GET", "organizations/acme/");
        await sentry.CallAsync("GET", "organizations/acme/");

        var third = await sentry.CallAsync("GET", "organizations/acme/");
        var otherRoute = await sentry.CallAsync("GET", "organizations/acme/projects/");
        sentry.Time.Advance(TimeSpan.FromSeconds(1));
        var later = await sentry.CallAsync("GET", "organizations/acme/");

        Assert.Equal("1", first.Header("X-Sentry-Rate-Limit-Remaining"));
        Assert.Equal(429, third.Status);
        Assert.Equal("""{"detail":"You are attempting to use this endpoint too frequently. Limit is 2 requests in 1 seconds"}""", third.Text);
        Assert.Equal($"{sentry.Time.GetUtcNow().ToUnixTimeSeconds()}", third.Header("X-Sentry-Rate-Limit-Reset"));
        Assert.Null(third.Header("Retry-After"));
        Assert.Equal(200, otherRoute.Status);
        Assert.Equal(200, later.Status);
    }

    [Fact]
    public async Task Integration_tokens_share_the_organisations_budget_and_users_have_their_own()
    {
        await using var sentry = await TestSentry.StartAsync(Limited);
        sentry.State.Tokens.Grant("sntryi_second", "org:read");
        sentry.State.Tokens.Grant("sntryu_person", "org:read");
        await sentry.CallAsync("GET", "organizations/acme/");
        await sentry.CallAsync("GET", "organizations/acme/");

        Assert.Equal(429, (await sentry.CallAsync("GET", "organizations/acme/", token: "sntryi_second")).Status);
        Assert.Equal(200, (await sentry.CallAsync("GET", "organizations/acme/", token: "sntryu_person")).Status);
    }

    [Fact]
    public async Task More_calls_at_once_than_allowed_are_429_with_requests_remaining()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { ApiRateLimit = new ApiRateLimit(ConcurrentLimit: 1) });
        var limiter = new ApiRateLimiter(sentry.State);
        var second = new DefaultHttpContext();

        Assert.Null(limiter.Enter(new DefaultHttpContext(), "bucket"));
        Assert.Equal(429, limiter.Enter(second, "bucket")?.Status);
        Assert.Equal("38", second.Response.Headers["X-Sentry-Rate-Limit-Remaining"]);
        limiter.Leave("bucket");
        limiter.Leave("bucket");

        Assert.Null(limiter.Enter(new DefaultHttpContext(), "bucket"));
    }
}
