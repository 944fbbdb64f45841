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
    public async Task A_failure_after_the_fact_answers_for_a_request_that_was_carried_out()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "/api/0/teams/**", Execute = true, Answer = new FaultAnswer { Status = 504 } });

        Assert.Equal(504, (await sentry.CallAsync("POST", Creation, Cart)).Status);

        Assert.NotNull(sentry.State.Projects.Find("cart"));
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
    public async Task A_body_without_end_keeps_its_client_waiting_until_the_client_leaves()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "**", Answer = new FaultAnswer { Status = 200 }, SlowBody = new SlowBody(NeverEnds: true, IntervalSeconds: 1) });
        using var client = new HttpClient();

        using var head = await client.GetAsync(new Uri(sentry.Host.ManagementUrl, "/api/0/"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await using var body = await head.Content.ReadAsStreamAsync(Cancelled);
        var read = new byte[2];
        await body.ReadExactlyAsync(read.AsMemory(0, 1), Cancelled);
        await sentry.Time.WaitForTimersAsync(1, Cancelled);
        sentry.Time.Advance(TimeSpan.FromSeconds(1));
        await body.ReadExactlyAsync(read.AsMemory(1, 1), Cancelled);

        Assert.Equal("  "u8.ToArray(), read);
    }

    [Fact]
    public async Task An_answer_may_be_bytes()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.Host.Faults.Enqueue(new Fault { Path = "**", Answer = new FaultAnswer { Status = 429, ContentType = "application/x-protobuf", BodyBase64 = "CAg=" } });

        Assert.Equal([8, 8], (await sentry.ExportAsync()).Bytes);
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
    public async Task A_fault_that_makes_no_sense_is_refused_with_the_field()
    {
        await using var sentry = await TestSentry.StartAsync();

        var error = Assert.Throws<ArgumentException>(() => sentry.Host.Faults.Enqueue(new Fault { Path = "**", Hold = FaultPoint.Middle }));

        Assert.StartsWith("hold: before or after", error.Message, StringComparison.Ordinal);
    }
}
