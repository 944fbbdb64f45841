using System.IO.Compression;
using System.Text;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>What breaks on the way: failing servers, slow and endless answers, connections that break at every point.</summary>
public sealed class ConnectionTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const string Page = "<html><head><title>Bad gateway</title></head>\r\n<body>\r\n<h1>upstream</h1></body></html>";

    private static readonly GatewaySettings Impatient = new() { Exporter = ["timeout: 400ms"] };

    [Theory]
    [InlineData(503, "application/json", """{"detail":"failed to queue envelope"}""")]
    [InlineData(503, "application/json", """{"code":14,"message":"the service is overloaded"}""")]
    [InlineData(500, "application/json", "")]
    [InlineData(502, "text/html", Page)]
    [InlineData(504, "text/html", Page)]
    [InlineData(529, "text/plain", "site is overloaded")]
    [InlineData(408, "text/html", Page)]
    public async Task A_server_that_fails_gets_the_data_again_after_growing_pauses_and_nobody_else_waits(int status, string contentType, string body)
    {
        await using var world = await FaultWorld.WithClockAsync(
            sentry, new GatewaySettings { Retry = "{initial_interval: 10s, multiplier: 2, max_interval: 1m, randomization_factor: 0}" }, "orders", "payroll");
        await world.AnswerAsync("orders", status, count: 3, body: body, contentType: contentType, signal: "traces");
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.SpansAsync("payroll");
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("orders", "logs", 200));
        Assert.Equal(1, await world.CountAsync("payroll", "traces", 200));

        foreach (var (pause, attempt) in new[] { (10, 2), (20, 3), (40, 4) })
        {
            await world.AdvanceAsync(TimeSpan.FromSeconds(pause - 0.5));
            Assert.Equal(attempt - 1, await world.CountAsync("orders", "traces"));
            await world.AdvanceAsync(TimeSpan.FromSeconds(0.5));
            Assert.Equal(attempt, await world.CountAsync("orders", "traces"));
        }

        await world.SettleAsync();
    }

    [Fact]
    public async Task A_page_that_is_compressed_is_read_for_the_log()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.FaultAsync("orders", new Fault
        {
            Path = "**",
            Answer = new FaultAnswer
            {
                Status = 502,
                ContentType = "text/html",
                BodyBase64 = Convert.ToBase64String(Gzip(Page)),
                Headers = new Dictionary<string, string> { ["Content-Encoding"] = "gzip" },
            },
        });
        await world.SpansAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));

        await world.SettleAsync();
        Assert.Contains("<h1>upstream</h1>", world.Gateway.LogText, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", world.Gateway.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_says_it_is_compressed_and_is_not_costs_its_text_alone()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.AnswerAsync("orders", 502, new Dictionary<string, string> { ["Content-Encoding"] = "gzip" }, body: Page, contentType: "text/html");
        await world.SpansAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));

        await world.SettleAsync();
    }

    [Theory]
    [InlineData(503)]
    [InlineData(200)]
    public async Task A_server_that_fails_for_longer_than_retries_may_take_costs_exactly_what_waited_so_long(int last)
    {
        await using var world = await FaultWorld.WithClockAsync(
            sentry, new GatewaySettings { Retry = "{initial_interval: 5s, max_interval: 5s, randomization_factor: 0, max_elapsed_time: 30s}" }, "orders");
        var fault = await world.AnswerAsync("orders", 503, count: null);
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.Dropped("retries_exhausted"));
        await world.AdvanceAsync(TimeSpan.FromSeconds(40));
        Assert.InRange(await world.CountAsync("orders", status: 503), 2, 8);

        await world.SpansAsync("orders");
        if (last == 503)
        {
            world.Ledger.Expect(world.Ledger.Items.TakeLast(3), Fate.Dropped("retries_exhausted"));
        }
        else
        {
            await world.Sentry.RemoveFaultAsync(fault);
        }

        await world.AdvanceAsync(TimeSpan.FromSeconds(40));
        await world.SettleAsync();
    }

    [Theory]
    [InlineData("traces")]
    [InlineData("logs")]
    public async Task Headers_that_come_too_late_are_no_answer_and_what_Sentry_took_comes_twice(string signal)
    {
        // Carried out, and not answered in time: the one failure in which a sender must choose between loss and repetition.
        await using var world = await FaultWorld.InProcessAsync(sentry, Impatient, "orders");
        await world.FaultAsync("orders", new Fault { Path = "**", DelayAfterSeconds = 3 }, signal);
        world.Ledger.Expect(signal == "traces" ? await world.SpansAsync("orders") : await world.LogsAsync("orders"), Fate.DeliveredTwice);

        await world.SettleAsync();
    }

    [Fact]
    public async Task A_request_that_is_held_up_before_Sentry_took_it_is_given_up_and_comes_once()
    {
        await using var world = await FaultWorld.InProcessAsync(sentry, Impatient, "orders");
        await world.FaultAsync("orders", new Fault { Path = "**", Hold = FaultPoint.Before });
        await world.SpansAsync("orders");

        await world.SettleAsync();
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(200, false)]
    [InlineData(503, true)]
    [InlineData(503, false)]
    [InlineData(429, true)]
    public async Task A_body_that_trickles_or_never_ends_does_not_change_the_answer(int status, bool neverEnds)
    {
        // An attempt may take ten minutes and the queue has one place on the way: a body that is waited for would stop it.
        await using var world = await FaultWorld.InProcessAsync(sentry, new GatewaySettings { Exporter = ["timeout: 10m", "queue: {consumers_per_project: 1}"] }, "orders");
        var answer = status == 200 ? null : new FaultAnswer { Status = status, Body = """{"detail":"slow and steady"}""", Headers = new Dictionary<string, string> { ["X-Sentry-Rate-Limits"] = "1:span:key" } };
        await world.FaultAsync("orders", new Fault { Path = "**", Answer = answer, SlowBody = new SlowBody(1, 0.3, neverEnds) });
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.SpansAsync("orders");

        await world.SettleAsync();
    }

    [Fact]
    public async Task A_400_whose_reason_breaks_off_drops_nothing()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.FaultAsync("orders", new Fault { Path = "**", Reset = FaultPoint.Middle, Answer = new FaultAnswer { Status = 400, Body = """{"detail":"envelope exceeded size limits"}""" } });
        await world.SpansAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));

        await world.SettleAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_connection_that_is_reset_before_Sentry_took_the_request_costs_nothing(int count)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.FaultAsync("orders", new Fault { Path = "**", Count = count, Reset = FaultPoint.Before });
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(2));

        await world.SettleAsync();
    }

    [Fact]
    public async Task A_connection_that_is_reset_after_Sentry_read_the_request_and_let_it_go_costs_nothing()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.FaultAsync("orders", new Fault { Path = "**", Reset = FaultPoint.After, Answer = new FaultAnswer { Status = 200 } });
        await world.SpansAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));

        await world.SettleAsync();
    }

    [Fact]
    public async Task A_connection_that_is_reset_after_Sentry_took_the_request_repeats_exactly_that_request()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.FaultAsync("orders", new Fault { Path = "**", Reset = FaultPoint.After }, "traces");
        world.Ledger.Expect(await world.SpansAsync("orders"), Fate.DeliveredTwice);
        await world.LogsAsync("orders");
        await world.SpansAsync("payroll");
        await world.FlushAsync();
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        await world.SpansAsync("orders");
        await world.FlushAsync();

        await world.SettleAsync();
    }

    [Fact]
    public async Task A_success_that_breaks_off_in_the_middle_was_a_success()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.FaultAsync("orders", new Fault { Path = "**", Reset = FaultPoint.Middle });
        await world.SpansAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));

        await world.SettleAsync();
        Assert.Equal(1, await world.CountAsync("orders"));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(413)]
    [InlineData(429)]
    public async Task A_failure_that_breaks_off_in_the_middle_counts_by_its_status(int status)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.FaultAsync("orders", new Fault
        {
            Path = "**",
            Reset = FaultPoint.Middle,
            Answer = new FaultAnswer { Status = status, Body = Page, Headers = new Dictionary<string, string> { ["X-Sentry-Rate-Limits"] = "20:log_item:key" } },
        });
        await world.SpansAsync("orders", 4);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(status == 413 ? 3 : 2, await world.CountAsync("orders"));

        // Its headers were heard as well.
        await world.LogsAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, await world.CountAsync("orders", "logs"));
        await world.AdvanceAsync(TimeSpan.FromSeconds(10));
        await world.SettleAsync();
    }

    [Fact]
    public async Task Refused_connections_cost_nothing_and_both_signals_go_on_when_Sentry_is_back()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.Sentry.IngestPortAsync(open: false);
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.SpansAsync("payroll");
        await world.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(9, (await world.BooksAsync()).Sum("items_queued"));

        await world.Sentry.IngestPortAsync(open: true);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));

        await world.SettleAsync();
        Assert.Contains("ConnectionError", world.Gateway.LogText, StringComparison.Ordinal);
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }
}
