using SentryOtel.SentryServer.StandIn;
using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.StandIn;

public sealed class ControlPlaneTests
{
    [Fact]
    public async Task What_was_received_is_shown_by_project_and_narrowed_by_project_and_signal()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { Projects = ["orders", "cart"] });
        var cart = sentry.State.Projects.Find("cart")!;
        await sentry.ExportAsync();
        await sentry.ExportAsync(Signal.Logs);
        await sentry.ExportAsync(key: sentry.State.Keys.OfProject(cart.Id)[0].Public, project: $"{cart.Id}", body: Otlp.Traces("cart", "checkout"));

        var all = (await sentry.ControlAsync("GET", "received")).Json["projects"]!.AsArray();
        var spans = (await sentry.ControlAsync("GET", "received?project=orders&signal=traces")).Json["projects"]!.AsArray();

        Assert.Equal(["cart", "orders"], all.Select(project => (string?)project!["slug"]));
        Assert.Equal("checkout", (string?)all[0]!["spans"]![0]!["name"]);
        Assert.Equal("hello", (string?)all[1]!["logs"]![0]!["body"]);
        Assert.Equal($"{sentry.Orders.Id}", (string?)Assert.Single(spans)!["id"]);
        Assert.Equal("orders", (string?)spans[0]!["spans"]![0]!["serviceName"]);
        Assert.Empty(spans[0]!["logs"]!.AsArray());
        Assert.Equal(400, (await sentry.ControlAsync("GET", "received?signal=metrics")).Status);
    }

    [Fact]
    public async Task What_was_received_can_be_forgotten()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();

        Assert.Equal(204, (await sentry.ControlAsync("DELETE", "received")).Status);

        Assert.Empty((await sentry.ControlAsync("GET", "received")).Json["projects"]!.AsArray());
    }

    [Fact]
    public async Task Requests_are_logged_with_route_counters_and_without_tokens()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.RawAsync("GET", $"{sentry.Host.ManagementUrl}api/0/projects/acme/orders/", change: request =>
        {
            request.Headers.TryAddWithoutValidation("User-Agent", "operator/1.0");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {TestSentry.Token}");
        });
        await sentry.ExportAsync();

        var log = await sentry.ControlAsync("GET", "requests");
        var management = (await sentry.ControlAsync("GET", "requests?side=management")).Json["requests"]!.AsArray();

        Assert.Equal(1, (int)log.Json["counters"]!["GET /api/0/projects/{org}/{project}/ 200"]!);
        Assert.Equal(1, (int)log.Json["counters"]!["POST /api/{project}/integration/otlp/v1/traces 200"]!);
        var entry = Assert.Single(management)!;
        Assert.Equal(("/api/0/projects/acme/orders/", "operator/1.0", "bearer:integration"), ((string?)entry["path"], (string?)entry["userAgent"], (string?)entry["credential"]));
        Assert.DoesNotContain(TestSentry.Token, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_shows_projects_and_ingest_errors_and_no_secret()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();
        await sentry.ExportAsync(key: "short");

        var state = await sentry.ControlAsync("GET", "state");

        var orders = Assert.Single(state.Json["projects"]!.AsArray())!;
        Assert.Equal(1, (int)orders["received"]!["spans"]!);
        Assert.Equal("bad sentry DSN public key", (string?)Assert.Single(state.Json["ingestErrors"]!.AsArray())!["message"]);
        Assert.DoesNotContain(sentry.State.Keys.Find(sentry.OrdersKey)!.Secret, state.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(TestSentry.Token, state.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Modes_are_changed_field_by_field_and_misspelt_ones_refused()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { MaxSlugLength = 50 });

        var changed = await sentry.ControlAsync("PATCH", "modes", """{"success":"202-empty","errors":"detail","apiRateLimit":{"limit":5}}""");
        var misspelt = await sentry.ControlAsync("PATCH", "modes", """{"sucess":"202-empty"}""");

        Assert.Equal(200, changed.Status);
        Assert.Equal((SuccessStyle.AcceptedEmpty, ErrorStyle.Detail, 50, 5), (sentry.State.Modes.Success, sentry.State.Modes.Errors, sentry.State.Modes.MaxSlugLength, sentry.State.Modes.ApiRateLimit!.Limit));
        Assert.Equal(400, misspelt.Status);
        Assert.Contains("sucess", misspelt.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_are_set_by_slug_and_lifted()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();

        var added = await sentry.ControlAsync("POST", "limits", """{"scope":"project","project":"orders","seconds":30,"categories":["span"],"reason":"project_quota"}""");
        var limited = await sentry.ExportAsync();
        await sentry.ControlAsync("DELETE", "limits");

        Assert.Equal(201, added.Status);
        Assert.Equal("30:span:project:project_quota", limited.Header("X-Sentry-Rate-Limits"));
        Assert.Equal(200, (await sentry.ExportAsync()).Status);
    }

    [Theory]
    [InlineData("limits", """{"scope":"project","project":"nobody","seconds":30}""", "project: slug or id")]
    [InlineData("limits", """{"scope":"key","seconds":30}""", "key: a public key that exists")]
    [InlineData("limits", """{"scope":"organization","seconds":0}""", "seconds: above 0")]
    [InlineData("limits", """{"scope":"planet","seconds":1}""", "scope")]
    [InlineData("faults", """{"path":"**","count":0}""", "count: at least 1")]
    [InlineData("faults", """{"path":"**","rest":"after"}""", "rest")]
    [InlineData("faults", """{"method":"GET"}""", "path")]
    [InlineData("tokens", """{"token":"sntryi_x","scopes":["project:wirte"]}""", "project:wirte")]
    public async Task A_bad_request_is_400_and_names_the_field(string path, string body, string named)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ControlAsync("POST", path, body);

        Assert.Equal(400, answer.Status);
        Assert.Contains(named, (string?)answer.Json["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_is_enqueued_watched_released_and_removed()
    {
        await using var sentry = await TestSentry.StartAsync();
        var fault = (await sentry.ControlAsync("POST", "faults", """{"path":"/api/0/teams/**","method":"POST","hold":"after"}""")).Json;

        var creation = sentry.CallAsync("POST", "teams/acme/platform/projects/", """{"name":"cart","slug":"cart"}""");
        await Testing.Eventually.HoldsAsync(async () => (int)(await sentry.ControlAsync("GET", "faults")).Json[0]!["holding"]! == 1, TimeSpan.FromSeconds(20), "the held request", TestContext.Current.CancellationToken);
        var released = await sentry.ControlAsync("POST", $"faults/{fault["id"]}/release");

        Assert.Equal(201, (await creation).Status);
        Assert.Equal(204, released.Status);
        Assert.Equal(204, (await sentry.ControlAsync("DELETE", $"faults/{fault["id"]}")).Status);
        Assert.Equal(404, (await sentry.ControlAsync("DELETE", $"faults/{fault["id"]}")).Status);
        Assert.Empty((await sentry.ControlAsync("GET", "faults")).Json.AsArray());
    }

    [Fact]
    public async Task A_settable_clock_runs_limits_out_and_another_clock_is_409()
    {
        var clock = new JumpClock();
        await using var settable = await TestSentry.StartAsync(configure: options => options with { TimeProvider = clock });
        await using var fixedClock = await TestSentry.StartAsync();
        await settable.ControlAsync("POST", "limits", """{"scope":"organization","seconds":3600}""");

        var advanced = await settable.ControlAsync("POST", "clock", """{"advanceSeconds":3600}""");

        Assert.Equal(3600, (double)advanced.Json["aheadSeconds"]!);
        Assert.Empty(settable.State.Limits.Active());
        Assert.Equal(400, (await settable.ControlAsync("POST", "clock", """{"advanceSeconds":-1}""")).Status);
        Assert.Equal(409, (await fixedClock.ControlAsync("POST", "clock", """{"advanceSeconds":1}""")).Status);
    }

    [Fact]
    public async Task Tokens_are_granted_and_revoked()
    {
        await using var sentry = await TestSentry.StartAsync();

        await sentry.ControlAsync("POST", "tokens", """{"token":"sntryi_rotated","scopes":["org:read"]}""");
        var granted = await sentry.CallAsync("GET", "organizations/acme/", token: "sntryi_rotated");
        await sentry.ControlAsync("DELETE", "tokens", """{"token":"sntryi_rotated"}""");

        Assert.Equal(200, granted.Status);
        Assert.Equal(401, (await sentry.CallAsync("GET", "organizations/acme/", token: "sntryi_rotated")).Status);
    }

    [Theory]
    [InlineData("", "text/html; charset=utf-8", "Stand-in Sentry")]
    [InlineData("page.css", "text/css; charset=utf-8", "color-scheme")]
    [InlineData("page.js", "text/javascript; charset=utf-8", "_stand-in/state")]
    public async Task The_live_page_is_served_whole_and_is_no_request_of_Sentrys(string path, string contentType, string contains)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.RawAsync("GET", $"{sentry.Host.ControlUrl}{path}");

        Assert.Equal((200, contentType), (answer.Status, answer.Message.Content.Headers.ContentType?.ToString()));
        Assert.Contains(contains, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", answer.Text, StringComparison.Ordinal);
        Assert.Empty(sentry.State.Requests.All());
    }
}
