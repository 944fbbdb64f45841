using System.Globalization;
using SentryOtel.Sentry.Api;
using SentryOtel.Testing;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class SentryApiBudgetTests : IDisposable
{
    private const string Project = """{"id":"1","slug":"orders"}""";

    private readonly FakeTimeProvider _time = new();
    private readonly SentryApiBudget _budget;

    public SentryApiBudgetTests() => _budget = new SentryApiBudget(_time, new Random(1));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _budget.Dispose();

    [Fact]
    public async Task A_429_waits_for_the_reset_of_the_window_and_goes_on()
    {
        var handler = new ScriptedHandler(() => Refused(("X-Sentry-Rate-Limit-Remaining", "0"), Reset(3)), () => ScriptedHandler.Json(200, Project));

        var call = Client(handler).GetProjectAsync("orders", Cancellation);
        await _time.WaitForTimersAsync(1, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await call).IsSuccess);
        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task The_clock_of_the_server_counts_for_the_reset_not_ours()
    {
        var server = _time.GetUtcNow().AddHours(3);
        var handler = new ScriptedHandler(
            () => Refused(
                ("X-Sentry-Rate-Limit-Remaining", "0"),
                ("X-Sentry-Rate-Limit-Reset", server.AddSeconds(2).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                ("Date", server.ToString("R"))),
            () => ScriptedHandler.Json(200, Project));

        var call = Client(handler).GetProjectAsync("orders", Cancellation);
        await _time.WaitForTimersAsync(1, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.True((await call).IsSuccess);
    }

    [Fact]
    public async Task A_concurrency_refusal_waits_shortly_and_not_for_the_window()
    {
        var handler = new ScriptedHandler(() => Refused(("X-Sentry-Rate-Limit-Remaining", "39"), Reset(50)), () => ScriptedHandler.Json(200, Project));

        var call = Client(handler).GetProjectAsync("orders", Cancellation);
        await _time.WaitForTimersAsync(1, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await call).IsSuccess);
    }

    [Fact]
    public async Task Another_client_of_the_token_waits_for_a_window_that_was_used_up()
    {
        var first = new ScriptedHandler(() => ScriptedHandler.Json(200, Project, ("X-Sentry-Rate-Limit-Remaining", "0"), Reset(5)));
        var second = new ScriptedHandler(() => ScriptedHandler.Json(200, Project));
        Assert.True((await Client(first).GetProjectAsync("orders", Cancellation)).IsSuccess);

        var call = Client(second).GetProjectAsync("orders", Cancellation);
        await _time.WaitForTimersAsync(1, Cancellation);
        Assert.Empty(second.Requests);
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.True((await call).IsSuccess);
    }

    [Fact]
    public async Task A_wait_longer_than_a_call_should_take_is_an_error_that_tells_the_time()
    {
        var handler = new ScriptedHandler(() => Refused(("Retry-After", "50")));

        var error = (await Client(handler).GetProjectAsync("orders", Cancellation)).Error!;

        Assert.Equal(SentryErrorReason.RateLimited, error.Reason);
        Assert.InRange(error.RetryAfter!.Value.TotalSeconds, 49, 52);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Another_operation_is_not_held_up()
    {
        var handler = new ScriptedHandler(() => Refused(("Retry-After", "50")), () => ScriptedHandler.Json(200, "[]"));
        var client = Client(handler);
        await client.GetProjectAsync("orders", Cancellation);

        Assert.True((await client.ListTeamsAsync(Cancellation)).IsSuccess);
    }

    [Fact]
    public async Task A_create_that_was_refused_for_the_rate_is_sent_again()
    {
        var handler = new ScriptedHandler(() => Refused(), () => ScriptedHandler.Json(201, Project));

        var call = Client(handler).CreateProjectAsync("platform", new NewProject("orders"), Cancellation);
        await _time.WaitForTimersAsync(1, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await call).IsSuccess);
    }

    [Theory]
    [InlineData("99999999999999999")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    public async Task A_reset_that_makes_no_sense_stalls_nobody(string reset)
    {
        var handler = new ScriptedHandler(() => Refused(("X-Sentry-Rate-Limit-Remaining", "0"), ("X-Sentry-Rate-Limit-Reset", reset)), () => ScriptedHandler.Json(200, Project));

        var call = Client(handler).GetProjectAsync("orders", Cancellation);
        await _time.WaitForTimersAsync(1, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await call).IsSuccess);
    }

    [Fact]
    public async Task A_region_of_a_stranger_is_not_called()
    {
        var handler = new ScriptedHandler(() => ScriptedHandler.Json(200, Project))
        {
            Organization = """{"id":"42","slug":"acme","links":{"regionUrl":"https://evil.example"}}""",
        };

        Assert.True((await Client(handler).GetProjectAsync("orders", Cancellation)).IsSuccess);
        Assert.Equal("sentry.example", Assert.Single(handler.Requests).Host);
    }

    [Fact]
    public async Task A_list_that_gives_the_same_cursor_for_ever_ends()
    {
        const string link = "<x>; rel=\"next\"; results=\"true\"; cursor=\"0:100:0\"";
        var handler = new ScriptedHandler(() => ScriptedHandler.Json(200, "[]", ("Link", link)), () => ScriptedHandler.Json(200, "[null]", ("Link", link)));

        Assert.Empty((await Client(handler).ListTeamsAsync(Cancellation)).Value!);
        Assert.Contains("cursor=0%3A100%3A0", handler.Requests[1].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_beyond_the_bound_is_not_read()
    {
        var handler = new ScriptedHandler(() => ScriptedHandler.Json(200, new string(' ', 5 * 1024 * 1024)));

        Assert.Equal(SentryErrorReason.UnexpectedResponse, (await Client(handler).ListTeamsAsync(Cancellation)).Error?.Reason);
    }

    private SentryApiClient Client(ScriptedHandler handler) => new(
        new SentryApiOptions { Url = new Uri("https://sentry.example/pfx"), Organization = "acme", Token = new SentryToken("sntryi_x") },
        handler,
        _budget,
        _time,
        new Random(3));

    private static HttpResponseMessage Refused(params (string Name, string Value)[] headers) =>
        ScriptedHandler.Json(429, """{"detail":"You are attempting to use this endpoint too frequently."}""", headers);

    private (string Name, string Value) Reset(int seconds) =>
        ("X-Sentry-Rate-Limit-Reset", _time.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
}
