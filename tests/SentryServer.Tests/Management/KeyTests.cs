using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Management;

public sealed class KeyTests
{
    private const string Keys = "projects/acme/orders/keys/";

    [Fact]
    public async Task The_list_is_newest_first_ten_at_a_time()
    {
        await using var sentry = await TestSentry.StartAsync();
        for (var number = 1; number <= 11; number++)
        {
            await sentry.CallAsync("POST", Keys, $$"""{"name":"key {{number}}"}""");
        }

        var first = await sentry.CallAsync("GET", Keys);
        var second = await sentry.CallAsync("GET", $"{Keys}?cursor=0:10:0");

        Assert.Equal(["key 11", "key 10", "key 9", "key 8", "key 7", "key 6", "key 5", "key 4", "key 3", "key 2"], Names(first));
        Assert.Equal(["key 1", "Default"], Names(second));
    }

    [Theory]
    [InlineData("active", "Default")]
    [InlineData("inactive", "old")]
    [InlineData("other", "")]
    public async Task The_status_filter_takes_two_words_and_finds_nothing_for_others(string status, string expected)
    {
        await using var sentry = await TestSentry.StartAsync();
        var old = (await sentry.CallAsync("POST", Keys, """{"name":"old"}""")).Json;
        await sentry.CallAsync("PUT", $"{Keys}{old["id"]}/", """{"isActive":false}""");

        Assert.Equal(expected, string.Join(',', Names(await sentry.CallAsync("GET", $"{Keys}?status={status}"))));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, """{"window":60,"count":5}""")]
    public async Task A_rate_limit_is_kept_only_where_the_feature_is_on(bool feature, string? expected)
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { KeyRateLimits = feature });

        var answer = await sentry.CallAsync("POST", Keys, """{"name":"limited","rateLimit":{"count":5,"window":60}}""");

        Assert.Equal(201, answer.Status);
        Assert.Equal(expected, answer.Json["rateLimit"]?.ToJsonString());
    }

    [Fact]
    public async Task A_deleted_key_is_gone_from_both_lists()
    {
        await using var sentry = await TestSentry.StartAsync();

        Assert.Equal(204, (await sentry.CallAsync("DELETE", $"{Keys}{sentry.OrdersKey}/")).Status);

        Assert.Empty((await sentry.CallAsync("GET", Keys)).Json.AsArray());
        Assert.Empty((await sentry.CallAsync("GET", "organizations/acme/project-keys/")).Json.AsArray());
    }

    [Fact]
    public async Task A_caller_may_choose_the_digits_of_a_key_once()
    {
        await using var sentry = await TestSentry.StartAsync();
        var body = $$"""{"name":"mine","public":"{{new string('a', 32)}}"}""";

        Assert.Equal(201, (await sentry.CallAsync("POST", Keys, body)).Status);
        Assert.Equal(400, (await sentry.CallAsync("POST", Keys, body)).Status);
    }

    [Fact]
    public async Task A_key_of_another_project_is_404()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { Projects = ["orders", "cart"] });

        Assert.Equal(404, (await sentry.CallAsync("GET", $"projects/acme/cart/keys/{sentry.OrdersKey}/")).Status);
    }

    [Fact]
    public async Task All_keys_of_the_organisation_come_in_one_list_with_their_projects()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { Projects = ["orders", "cart"] });

        var keys = (await sentry.CallAsync("GET", "organizations/acme/project-keys/?per_page=100")).Json.AsArray();
        var unknownTeam = await sentry.CallAsync("GET", "organizations/acme/project-keys/?team=nobody");

        Assert.Equal([sentry.State.Projects.Find("cart")!.Id, sentry.Orders.Id], keys.Select(key => key!["projectId"]!.GetValue<long>()));
        Assert.Equal("""{"detail":"Team not found"}""", unknownTeam.Text);
    }

    [Fact]
    public async Task An_older_server_has_no_organisation_wide_list_and_no_otlp_addresses()
    {
        await using var sentry = await TestSentry.StartAsync(Modes.OldServer);

        var key = (await sentry.CallAsync("GET", Keys)).Json[0]!;

        Assert.Equal(404, (await sentry.CallAsync("GET", "organizations/acme/project-keys/")).Status);
        Assert.Equal(["public", "secret"], key["dsn"]!.AsObject().Select(field => field.Key));
    }

    private static IEnumerable<string?> Names(Answer answer) => answer.Json.AsArray().Select(key => (string?)key!["name"]);
}
