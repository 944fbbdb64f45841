using System.Globalization;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>Answers without limits of their own: <c>Retry-After</c> in its forms, and a minute without it.</summary>
public sealed class RetryAfterTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    /// <summary>The gateway's clock begins here.</summary>
    private static readonly DateTimeOffset Now = new SentryOtel.Testing.FakeTimeProvider().GetUtcNow();

    public static TheoryData<string?, int> Values => new()
    {
        { null, 60 },
        { "30", 30 },
        { "2.5", 3 },
        { Now.AddSeconds(40).ToString("R", CultureInfo.InvariantCulture), 40 },
        { "garbage", 60 },
        { "", 60 },
        { "12 apples", 60 },
        { Now.AddSeconds(-40).ToString("R", CultureInfo.InvariantCulture), 0 },
        { "0", 0 },
        { "-7", 0 },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_429_without_limits_pauses_every_signal_of_that_key_and_nothing_else(string? retryAfter, int seconds)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.AnswerAsync("orders", 429, retryAfter is null ? null : new Dictionary<string, string> { ["Retry-After"] = retryAfter }, signal: "traces");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        Assert.Equal(1, await world.CountAsync("orders", status: 429));
        await world.LogsAsync("orders");
        await world.SpansAsync("payroll");
        await world.LogsAsync("payroll");

        // The date has no fractions, and the answer came a fraction of a second after the start.
        await world.AdvanceAsync(TimeSpan.FromSeconds(Math.Max(0.4, seconds - 0.4)));
        Assert.Equal(2, await world.CountAsync("payroll", status: 200));
        Assert.Equal(seconds > 0 ? 0 : 2, await world.CountAsync("orders", status: 200));

        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await world.CountAsync("orders", status: 200));
        await world.SettleAsync();
    }

    [Theory]
    [InlineData("10:span:key", "60", 10, 0)]
    [InlineData("60:span:key", "10", 60, 0)]
    [InlineData("10::key", "60", 10, 10)]
    [InlineData("5:log_item:key", "60", 0, 5)]
    [InlineData("no entry, can: be read", "20", 20, 20)]
    public async Task With_both_headers_the_limits_decide(string limits, string retryAfter, int traces, int logs)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.AnswerAsync("orders", 429, new Dictionary<string, string> { ["X-Sentry-Rate-Limits"] = limits, ["Retry-After"] = retryAfter }, signal: "traces");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.LogsAsync("orders");

        var passed = TimeSpan.FromMilliseconds(50);
        foreach (var pause in new[] { traces, logs }.Where(seconds => seconds > 0).Distinct().Order().Select(seconds => TimeSpan.FromSeconds(seconds)))
        {
            await world.AdvanceAsync(pause - passed - TimeSpan.FromMilliseconds(100));
            Assert.Equal(TimeSpan.FromSeconds(traces) < pause ? 1 : 0, await world.CountAsync("orders", "traces", 200));
            Assert.Equal(TimeSpan.FromSeconds(logs) < pause ? 1 : 0, await world.CountAsync("orders", "logs", 200));
            passed = pause + TimeSpan.FromMilliseconds(100);
            await world.AdvanceAsync(TimeSpan.FromMilliseconds(200));
        }

        await world.SettleAsync();
    }

    [Theory]
    [InlineData(503, "10", 10)]
    [InlineData(503, "garbage", 0)]
    [InlineData(502, "2.5", 3)]
    public async Task A_failure_that_asks_for_time_gets_it_for_this_signal_of_this_project(int status, string retryAfter, int seconds)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.AnswerAsync("orders", status, new Dictionary<string, string> { ["Retry-After"] = retryAfter }, signal: "traces");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.LogsAsync("orders");
        await world.SpansAsync("payroll");

        await world.AdvanceAsync(TimeSpan.FromSeconds(Math.Max(0.4, seconds - 0.4)));
        Assert.Equal(seconds > 0 ? 0 : 1, await world.CountAsync("orders", "traces", 200));
        Assert.Equal(1, await world.CountAsync("orders", "logs", 200));
        Assert.Equal(1, await world.CountAsync("payroll", "traces", 200));

        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        await world.SettleAsync();
    }
}
