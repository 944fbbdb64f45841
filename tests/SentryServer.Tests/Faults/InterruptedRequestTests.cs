using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Faults;

public sealed class InterruptedRequestTests
{
    private const string Creation = "teams/acme/platform/projects/";
    private const string Cart = """{"name":"cart","slug":"cart"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

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

        // The log takes a request when it is over, and the one that was cut may end after the next.
        await Testing.Eventually.HoldsAsync(
            () => sentry.State.Requests.All().Count(request => request.Status == 0) == 1, TimeSpan.FromSeconds(20), "the cut request in the log", Cancelled);
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
    public async Task Stopping_the_server_does_not_wait_for_held_requests()
    {
        await using var sentry = await TestSentry.StartAsync();
        var fault = sentry.Host.Faults.Enqueue(new Fault { Path = "**", Hold = FaultPoint.After });
        var call = sentry.CallAsync("GET", "organizations/acme/");
        await fault.ReachedAsync(Cancelled);

        await sentry.Host.StopAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }
}
