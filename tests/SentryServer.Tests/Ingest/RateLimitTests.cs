using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Ingest;

public sealed class RateLimitTests
{
    [Theory]
    [InlineData("span", 429, 200)]
    [InlineData("log_item", 200, 429)]
    [InlineData("log_byte", 200, 429)]
    [InlineData("", 429, 429)]
    [InlineData("error;transaction", 200, 200)]
    [InlineData("error;span", 429, 200)]
    public async Task A_limit_stops_the_signals_of_its_categories(string categories, int traces, int logs)
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();
        Limit(sentry, LimitScope.Organization, 30, categories);

        Assert.Equal(traces, (await sentry.ExportAsync()).Status);
        Assert.Equal(logs, (await sentry.ExportAsync(Signal.Logs)).Status);
    }

    [Fact]
    public async Task The_headers_list_every_matching_limit_rounded_up_and_the_longest_wait()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();
        Limit(sentry, LimitScope.Key, 59.2, "span", "key_quota");
        Limit(sentry, LimitScope.Organization, 30, "", "org_quota");
        Limit(sentry, LimitScope.Organization, 90, "log_item");

        var answer = await sentry.ExportAsync(contentType: "application/json");

        Assert.Equal("60:span:key:key_quota, 30::organization:org_quota", answer.Header("X-Sentry-Rate-Limits"));
        Assert.Equal("60", answer.Header("Retry-After"));
        Assert.Equal(8, (int)answer.Json["code"]!);
        Assert.StartsWith("Sentry dropped data due to a quota", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_ends_when_its_time_is_over()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();
        Limit(sentry, LimitScope.Organization, 2, "span");

        sentry.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(429, (await sentry.ExportAsync()).Status);
        sentry.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(200, (await sentry.ExportAsync()).Status);
    }

    [Theory]
    [InlineData(LimitScope.Organization, 429)]
    [InlineData(LimitScope.Project, 200)]
    [InlineData(LimitScope.Key, 200)]
    public async Task A_limit_of_one_project_or_key_leaves_the_others_alone(LimitScope scope, int elsewhere)
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { Projects = ["orders", "cart"] });
        var cart = sentry.State.Projects.Find("cart")!;
        var cartKey = sentry.State.Keys.OfProject(cart.Id)[0].Public;
        await sentry.ExportAsync();
        await sentry.ExportAsync(key: cartKey, project: $"{cart.Id}");
        Limit(sentry, scope, 30, "span");

        Assert.Equal(429, (await sentry.ExportAsync()).Status);
        Assert.Equal(elsewhere, (await sentry.ExportAsync(key: cartKey, project: $"{cart.Id}")).Status);
    }

    private static void Limit(TestSentry sentry, LimitScope scope, double seconds, string categories, string reason = "") => sentry.State.Limits.Add(new ActiveLimit
    {
        Scope = scope,
        ProjectId = sentry.Orders.Id,
        PublicKey = sentry.OrdersKey,
        Categories = [.. categories.Split(';', StringSplitOptions.RemoveEmptyEntries)],
        Until = sentry.Time.GetUtcNow().AddSeconds(seconds),
        Reason = reason,
    });
}
