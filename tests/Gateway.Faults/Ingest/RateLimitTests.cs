using SentryOtel.Gateway.Faults.Support;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary><c>X-Sentry-Rate-Limits</c>: each form pauses exactly what it names, for as long as it says, and no item is lost.</summary>
public sealed class RateLimitTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const string LimitsHeader = "X-Sentry-Rate-Limits";

    /// <param name="header">The header.</param>
    /// <param name="answered">The signal of the answer that carries it.</param>
    /// <param name="traces">Seconds for which the project's traces pause.</param>
    /// <param name="logs">... and its logs.</param>
    /// <param name="otherTraces">... and the traces of another project of the organisation.</param>
    /// <param name="otherLogs">... and its logs.</param>
    [Theory]
    [InlineData("60:span:key:key_quota", "traces", 60, 0, 0, 0)]
    [InlineData("60:span:project:project_quota", "traces", 60, 0, 0, 0)]
    [InlineData("60:span:organization:org_quota", "traces", 60, 0, 60, 0)]
    [InlineData("60:log_item:key:key_quota", "logs", 0, 60, 0, 0)]
    [InlineData("60:log_item:project:project_quota", "logs", 0, 60, 0, 0)]
    [InlineData("60:log_item:organization:org_quota", "logs", 0, 60, 0, 60)]
    [InlineData("60:log_byte:key:key_quota", "logs", 0, 60, 0, 0)]
    [InlineData("60:log_byte:project:project_quota", "logs", 0, 60, 0, 0)]
    [InlineData("60:log_byte:organization:org_quota", "logs", 0, 60, 0, 60)]
    [InlineData("60::key:key_quota", "traces", 60, 60, 0, 0)]
    [InlineData("60::project:project_quota", "logs", 60, 60, 0, 0)]
    [InlineData("60::organization:org_quota", "traces", 60, 60, 60, 60)]
    [InlineData("60:error;transaction:organization:org_quota", "traces", 0, 0, 0, 0)]
    [InlineData("60:transaction:key", "traces", 0, 0, 0, 0)]
    [InlineData("60:banana:organization:org_quota", "traces", 0, 0, 0, 0)]
    [InlineData("60:banana;mango:key", "logs", 0, 0, 0, 0)]
    [InlineData("60:banana;span:key:key_quota", "traces", 60, 0, 0, 0)]
    [InlineData("60:error;log_byte;default:organization", "logs", 0, 60, 0, 60)]
    [InlineData("10:span:key, 60:span:organization", "traces", 60, 0, 60, 0)]
    [InlineData("10:span:key, 60:span:key", "traces", 60, 0, 0, 0)]
    [InlineData("60:span:key, 10:span:key", "traces", 60, 0, 0, 0)]
    [InlineData("10:log_item:key, 60:log_byte:key", "logs", 0, 60, 0, 0)]
    [InlineData("60:span:key:key_quota, 30::organization:org_quota", "traces", 60, 30, 30, 30)]
    [InlineData("2.5:span:key", "traces", 3, 0, 0, 0)]
    [InlineData("-5:span:key", "traces", 0, 0, 0, 0)]
    [InlineData("junk, 60:span:key, ::, x:span:key, , 30:log_item:key", "traces", 60, 30, 0, 0)]
    [InlineData("60", "traces", 60, 60, 0, 0)]
    [InlineData("60:", "logs", 60, 60, 0, 0)]
    [InlineData("60:span", "traces", 60, 0, 0, 0)]
    [InlineData("60:span:galaxy:far_away", "traces", 60, 0, 0, 0)]
    [InlineData("60:span:key:key_quota:ns:future:more", "traces", 60, 0, 0, 0)]
    [InlineData(" 60 : span ; log_item : organization ", "traces", 60, 60, 60, 60)]
    [InlineData("60:metric_bucket:organization:org_quota:custom", "traces", 0, 0, 0, 0)]
    [InlineData("60:metric_bucket:organization::sessions", "traces", 0, 0, 0, 0)]
    [InlineData("60:span:organization::custom", "traces", 60, 0, 60, 0)]
    public async Task A_429_with_limits_pauses_exactly_what_they_name_and_loses_nothing(string header, string answered, int traces, int logs, int otherTraces, int otherLogs)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.AnswerAsync("orders", 429, new Dictionary<string, string> { [LimitsHeader] = header, ["Retry-After"] = "7" }, signal: answered);
        _ = answered == "traces" ? await world.SpansAsync("orders") : await world.LogsAsync("orders");
        await world.FlushAsync();

        await AssertPausesAsync(world, traces, logs, otherTraces, otherLogs);
    }

    [Theory]
    [InlineData(200, "60:span:key:key_quota", 60, 0, 0, 0)]
    [InlineData(200, "60::organization:org_quota", 60, 60, 60, 60)]
    [InlineData(202, "60:log_byte:key", 0, 60, 0, 0)]
    [InlineData(200, "60:banana:key", 0, 0, 0, 0)]
    public async Task A_success_with_limits_counts_as_delivered_and_pauses_what_follows(int status, string header, int traces, int logs, int otherTraces, int otherLogs)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.FaultAsync("orders", new Fault { Path = "**", Execute = true, Answer = new FaultAnswer { Status = status, Headers = new Dictionary<string, string> { [LimitsHeader] = header } } });
        await world.SpansAsync("orders");
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("orders"));

        await AssertPausesAsync(world, traces, logs, otherTraces, otherLogs);
    }

    [Fact]
    public async Task A_refusal_for_another_reason_that_carries_limits_is_heard_as_well()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.AnswerAsync("orders", 503, new Dictionary<string, string> { [LimitsHeader] = "60:span:organization" });
        await world.SpansAsync("orders");
        await world.FlushAsync();

        await AssertPausesAsync(world, traces: 60, logs: 0, otherTraces: 60, otherLogs: 0);
    }

    [Fact]
    public async Task Limits_on_several_lines_of_the_header_all_count()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.FaultAsync("orders", new Fault
        {
            Path = "**",
            Answer = new FaultAnswer { Status = 429, Headers = new Dictionary<string, string> { [LimitsHeader] = "60:span:key" } },
            AddHeaders = new Dictionary<string, string> { [LimitsHeader] = "30:log_item:key" },
        });
        await world.SpansAsync("orders");
        await world.FlushAsync();

        await AssertPausesAsync(world, traces: 60, logs: 30, otherTraces: 0, otherLogs: 0);
    }

    [Fact]
    public async Task A_shorter_limit_after_a_longer_one_does_not_shorten_it()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.AnswerAsync("orders", 429, new Dictionary<string, string> { [LimitsHeader] = "60:span:key" }, signal: "traces");
        await world.AnswerAsync("orders", 429, new Dictionary<string, string> { [LimitsHeader] = "10:span;log_item:key" }, signal: "logs");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.LogsAsync("orders");
        await world.FlushAsync();

        await AssertPausesAsync(world, traces: 60, logs: 10, otherTraces: 0, otherLogs: 0);
    }

    [Fact]
    public async Task A_limit_that_is_shorter_the_next_time_is_kept_to_as_it_is_then()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.AnswerAsync("orders", 429, new Dictionary<string, string> { [LimitsHeader] = "60:span:key" });
        await world.AnswerAsync("orders", 429, new Dictionary<string, string> { [LimitsHeader] = "5:span:key" });
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.AdvanceAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(2, await world.CountAsync("orders", status: 429));

        await AssertPausesAsync(world, traces: 5, logs: 0, otherTraces: 0, otherLogs: 0);
    }

    [Fact]
    public async Task An_organisation_limit_leaves_a_project_of_another_owner_alone()
    {
        await using var world = await FaultWorld.WithDsnAsync(sentry, outsider: "agency", project => project.PublicKey, project => project.Id, "orders", "payroll");
        await world.AnswerAsync("orders", 429, new Dictionary<string, string> { [LimitsHeader] = "60::organization:org_quota" });
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.SpansAsync("payroll");
        await world.SpansAsync("agency");
        await world.LogsAsync("agency");

        await world.FlushAsync();

        Assert.Equal(2, await world.CountAsync("agency", status: 200));
        Assert.Equal(0, await world.CountAsync("payroll"));
        await world.AdvanceAsync(TimeSpan.FromSeconds(60));
        await world.SettleAsync();
    }

    [Fact]
    public async Task Sentrys_own_quota_is_met_once_and_kept_to()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.Sentry.LimitAsync(new { scope = "project", project = world["orders"].Slug, seconds = 3600, categories = new[] { "span" }, reason = "project_quota" });

        // The books of Sentry's quota are kept by its own clock: ten minutes of data, one question.
        for (var i = 0; i < 10; i++)
        {
            await world.SpansAsync("orders");
            await world.SpansAsync("payroll");
            await world.AdvanceAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(1, await world.CountAsync("orders", status: 429));
        await world.AdvanceBothAsync(TimeSpan.FromSeconds(290));
        world.Ledger.Expect(world.Ledger.Items.Where(item => item.Project == world["orders"]).Skip(3), Fate.Queued);
        await world.SettleAsync();

        // Longer than data may wait: they go, and the books say why.
        await world.AdvanceAsync(TimeSpan.FromMinutes(15));
        world.Ledger.Expect(world.Ledger.Items.Where(item => item.Fate == Fate.Queued), Fate.Dropped("rate_limited"));
        await world.SettleAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 429));
    }

    /// <summary>Sends to both signals of both projects and looks when each goes out. Attempts that failed before the call are not counted.</summary>
    private static async Task AssertPausesAsync(FaultWorld world, int traces, int logs, int otherTraces, int otherLogs)
    {
        (string Project, string Signal, int Seconds)[] streams =
            [("orders", "traces", traces), ("orders", "logs", logs), ("payroll", "traces", otherTraces), ("payroll", "logs", otherLogs)];
        var before = new Dictionary<(string, string), int>();
        foreach (var (project, signal, _) in streams)
        {
            before[(project, signal)] = await world.CountAsync(project, signal);
            _ = signal == "traces" ? await world.SpansAsync(project) : await world.LogsAsync(project);
        }

        // What does not pause goes at once, or after the first back-off of an answer that set no limit.
        await world.AdvanceAsync(TimeSpan.FromMilliseconds(300));
        var passed = TimeSpan.FromMilliseconds(350);
        foreach (var pause in streams.Select(stream => stream.Seconds).Where(seconds => seconds > 0).Distinct().Order())
        {
            await world.AdvanceAsync(TimeSpan.FromSeconds(pause) - passed - TimeSpan.FromMilliseconds(100));
            await AssertAsync(open: seconds => seconds < pause);
            await world.AdvanceAsync(TimeSpan.FromMilliseconds(150));
            passed = TimeSpan.FromSeconds(pause) + TimeSpan.FromMilliseconds(50);
        }

        await AssertAsync(open: _ => true);
        await world.SettleAsync();

        async Task AssertAsync(Func<int, bool> open)
        {
            foreach (var (project, signal, seconds) in streams)
            {
                var count = await world.CountAsync(project, signal) - before[(project, signal)];
                Assert.True(open(seconds) ? count > 0 : count == 0, $"{project}, {signal}: {count} requests, {(open(seconds) ? "must flow" : "must pause")}");
            }
        }
    }
}
