using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Faults;

public sealed class FaultTests
{
    private const string Creation = "teams/acme/platform/projects/";
    private const string Cart = """{"name":"cart","slug":"cart"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_replaces_the_servers_own_for_as_many_requests_as_it_counts()
    {
        await using var sentry = await TestSentry.StartAsync();
        var fault = sentry.Host.Faults.Enqueue(new Fault
        {
            Path = "/api/0/organizations/*/projects",
            Method = "get",
            Count = 2,
            Answer = new FaultAnswer { Status = 502, ContentType = "text/html", Body = "<html>", Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } },
        });

        var first = await sentry.CallAsync("GET", "organizations/acme/projects/");
        await sentry.CallAsync("GET", "organizations/acme/projects/");

        Assert.Equal((502, "<html>", "7", "text/html"), (first.Status, first.Text, first.Header("Retry-After"), first.Message.Content.Headers.ContentType?.ToString()));
        Assert.Equal(200, (await sentry.CallAsync("GET", "organizations/acme/projects/")).Status);
        Assert.Equal(2, fault.Hits);
    }

    [Theory]
    [InlineData("/api/0/**", null, null, true)]
    [InlineData("/api/0/teams/*/*/projects/", "POST", ServerSide.Management, true)]
    [InlineData("/api/0/teams/acme/plat*/projects", "POST", null, true)]
    [InlineData("/api/0/teams/*/projects/", "POST", null, false)]
    [InlineData("/api/0/**", "GET", null, false)]
    [InlineData("/api/0/**", null, ServerSide.Ingest, false)]
    public async Task A_fault_meets_the_requests_of_its_path_method_and_port(string path, string? method, ServerSide? side, bool meets)
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = path, Method = method, Side = side, Answer = new FaultAnswer { Status = 418 } });

        Assert.Equal(meets ? 418 : 201, (await sentry.CallAsync("POST", Creation, Cart)).Status);
    }

    [Fact]
    public async Task Faults_of_one_route_come_in_order_after_those_they_skip()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "**", Skip = 1, Answer = new FaultAnswer { Status = 500 } });
        sentry.Host.Faults.Enqueue(new Fault { Path = "**", Answer = new FaultAnswer { Status = 503 } });

        var statuses = new List<int>();
        for (var call = 0; call < 3; call++)
        {
            statuses.Add((await sentry.CallAsync("GET", "organizations/acme/")).Status);
        }

        Assert.Equal([503, 500, 200], statuses);
    }

    [Fact]
    public async Task An_answer_held_after_the_fact_is_withheld_while_the_project_exists_already()
    {
        await using var sentry = await TestSentry.StartAsync();
        var fault = sentry.Host.Faults.Enqueue(new Fault { Path = "/api/0/teams/**", Hold = FaultPoint.After });

        var creation = sentry.CallAsync("POST", Creation, Cart);
        await fault.ReachedAsync(Cancelled);
        var exists = sentry.State.Projects.Find("cart") is not null;
        var answered = creation.IsCompleted;
        fault.Release();

        Assert.True(exists);
        Assert.False(answered);
        Assert.Equal(201, (await creation).Status);
    }

    [Fact]
    public async Task A_request_held_before_lets_another_win_the_race()
    {
        await using var sentry = await TestSentry.StartAsync();
        var fault = sentry.Host.Faults.Enqueue(new Fault { Path = "/api/0/teams/**", Hold = FaultPoint.Before });

        var creation = sentry.CallAsync("POST", Creation, Cart);
        await fault.ReachedAsync(Cancelled);
        sentry.State.Projects.Create("cart", "cart");
        fault.Release();

        Assert.Equal(409, (await creation).Status);
    }

    [Fact]
    public async Task A_client_that_gives_up_on_a_held_request_is_logged_as_cut()
    {
        await using var sentry = await TestSentry.StartAsync();
        var fault = sentry.Host.Faults.Enqueue(new Fault { Path = "**", Hold = FaultPoint.After });
        using var patience = new CancellationTokenSource();
        using var client = new HttpClient();

        var call = client.GetAsync(new Uri(sentry.Host.ManagementUrl, "/api/0/"), patience.Token);
        await fault.ReachedAsync(Cancelled);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await Testing.Eventually.HoldsAsync(() => sentry.State.Requests.All() is [{ Status: 0, Fault: 1 }], TimeSpan.FromSeconds(20), "the cut request in the log", Cancelled);
        Assert.Equal(0, fault.Holding);
    }

    [Theory]
    [InlineData(FaultPoint.Before, false)]
    [InlineData(FaultPoint.After, true)]
    [InlineData(FaultPoint.Middle, true)]
    public async Task A_reset_cuts_the_connection_before_or_after_the_request_is_carried_out(FaultPoint point, bool executed)
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "/api/0/teams/**", Reset = point });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => sentry.CallAsync("POST", Creation, Cart));

        Assert.Equal(executed, sentry.State.Projects.Find("cart") is not null);
        Assert.Equal(executed ? 409 : 201, (await sentry.CallAsync("POST", Creation, Cart)).Status);
        Assert.Equal(0, sentry.State.Requests.All()[0].Status);
    }

    [Fact]
    public async Task A_failure_after_the_fact_answers_for_a_request_that_was_carried_out()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "/api/0/teams/**", Execute = true, Answer = new FaultAnswer { Status = 504 } });

        Assert.Equal(504, (await sentry.CallAsync("POST", Creation, Cart)).Status);

        Assert.NotNull(sentry.State.Projects.Find("cart"));
    }

    [Theory]
    [InlineData(5, 0, false)]
    [InlineData(0, 5, true)]
    public async Task A_delay_before_or_after_lasts_as_long_as_the_clock_says(double before, double after, bool executed)
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "/api/0/teams/**", DelayBeforeSeconds = before, DelayAfterSeconds = after });

        var creation = sentry.CallAsync("POST", Creation, Cart);
        await sentry.Time.WaitForTimersAsync(1, Cancelled);
        var exists = sentry.State.Projects.Find("cart") is not null;
        var answered = creation.IsCompleted;
        sentry.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((executed, false, 201), (exists, answered, (await creation).Status));
    }

    [Fact]
    public async Task A_slow_body_arrives_piece_by_piece_and_whole()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "/api/*/integration/**", SlowBody = new SlowBody(ChunkBytes: 1, IntervalSeconds: 1) });

        var export = sentry.ExportAsync(contentType: "application/json", body: "{}"u8.ToArray());
        await sentry.Time.WaitForTimersAsync(1, Cancelled);
        sentry.Time.Advance(TimeSpan.FromSeconds(1));
        await sentry.Time.WaitForTimersAsync(1, Cancelled);
        var answered = export.IsCompleted;
        sentry.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((false, "{}"), (answered, (await export).Text));
    }

    [Fact]
    public async Task Headers_can_be_added_to_a_true_answer()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "/api/*/integration/**", AddHeaders = new Dictionary<string, string> { ["X-Sentry-Rate-Limits"] = "2.5:span:key, junk, 60" } });

        var answer = await sentry.ExportAsync();

        Assert.Equal((200, "2.5:span:key, junk, 60"), (answer.Status, answer.Header("X-Sentry-Rate-Limits")));
        Assert.Single(sentry.State.Received.Spans());
    }

    [Fact]
    public async Task Stopping_the_server_does_not_wait_for_held_requests()
    {
        await using var sentry = await TestSentry.StartAsync();
        var fault = sentry.Host.Faults.Enqueue(new Fault { Path = "**", Hold = FaultPoint.After });
        var call = sentry.CallAsync("GET", "organizations/acme/");
        await fault.ReachedAsync(Cancelled);

        await sentry.Host.StopAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task A_fault_that_makes_no_sense_is_refused_with_the_field()
    {
        await using var sentry = await TestSentry.StartAsync();

        var error = Assert.Throws<ArgumentException>(() => sentry.Host.Faults.Enqueue(new Fault { Path = "**", Hold = FaultPoint.Middle }));

        Assert.StartsWith("hold: before or after", error.Message, StringComparison.Ordinal);
    }
}
