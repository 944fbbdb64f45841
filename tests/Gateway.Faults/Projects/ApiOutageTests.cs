using System.Net;
using SentryOtel.Gateway.Faults.Projects.Support;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Projects;

/// <summary>A management API that fails while nothing is known yet: data wait, nothing is called sent, and nobody is hammered.</summary>
public sealed class ApiOutageTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Data_wait_while_the_API_fails_and_all_arrive_when_it_is_back(int status)
    {
        await using var world = await ProjectsWorld.BeginAsync(
            new ProjectsSettings().With("orders"), Armed(new Fault { Path = "**", Answer = new FaultAnswer { Status = status } }));
        world.Expect(await world.SpansAsync("orders", 10), Fate.In(world.Project("orders")));
        var unknown = await world.SpansAsync("payroll", 10);
        await world.PassAsync(Minute * 3);

        Assert.NotNull(world.Host.NotReady);
        Assert.Equal((10L, 0L, 10L), (world.Books("orders").Accepted, world.Books("orders").Sent, world.Books("orders").Queued));
        Assert.Empty(world.State.Requests.All(ServerSide.Ingest));

        // Nine calls a minute and repetitions of each: the list of all projects, and a look-up of each service.
        Assert.InRange(world.Calls().Count, 5, 3 * 40);
        Assert.DoesNotContain(world.Calls(), call => call.Method == "POST");
        world.Sentry.Faults.Clear();
        await world.PassAsync(Minute);

        Assert.Null(world.Host.NotReady);
        world.Expect(unknown, Fate.In(world.Project("payroll")));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Data_wait_while_the_API_can_not_be_reached()
    {
        await using var world = await ProjectsWorld.BeginAsync(new ProjectsSettings().With("orders"), sentry => sentry.StopAsync(ServerSide.Management));
        world.Expect(await world.SpansAsync("orders", 10), Fate.In(world.Project("orders")));
        await world.PassAsync(Minute);
        Assert.Equal(10, world.Books("orders").Queued);

        await world.Sentry.ResumeAsync(TestContext.Current.CancellationToken);
        await world.PassAsync(Minute);

        await world.FinishAsync();
    }

    [Fact]
    public async Task Data_wait_while_the_API_does_not_answer()
    {
        await using var world = await ProjectsWorld.BeginAsync(new ProjectsSettings().With("orders"), Armed(new Fault { Path = "**", Hold = FaultPoint.Before }));
        var hang = Assert.Single(world.Sentry.Faults.All());
        world.Expect(await world.SpansAsync("orders", 10), Fate.In(world.Project("orders")));
        await ProjectsWorld.NowAsync(
            () =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(1));
                return hang.Hits >= 4;
            },
            "calls that hang and are given up");

        Assert.Equal(10, world.Books("orders").Queued);
        world.Sentry.Faults.Clear();
        await world.PassAsync(Minute);

        await world.FinishAsync();
    }

    [Fact]
    public async Task Wrong_token_is_said_by_readiness_and_a_right_one_heals_without_a_restart()
    {
        var settings = new ProjectsSettings { Queue = "{parking: {max_bytes: 4KiB, max_bytes_per_service: 4KiB}}" };
        await using var world = await ProjectsWorld.BeginAsync(settings with { Sentry = new SentryServerOptions { Projects = ["orders"] } });
        world.Expect(await world.SpansAsync("orders", 10), Fate.In(world.Project("orders")));
        await world.PassAsync(Minute * 2);

        var refused = await world.SpansAsync("orders", 50, padding: 100);
        world.Expect(refused, Fate.Refused);
        Assert.Contains("token", world.Host.NotReady, StringComparison.Ordinal);
        Assert.Equal((int)HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Contains("token", await world.PageAsync("/routes"), StringComparison.Ordinal);

        // One of the list and one look-up, in pauses that grow to half a minute.
        Assert.InRange(world.Calls().Count, 4, 30);
        world.State.Tokens.Grant(ProjectsWorld.Token);
        await world.PassAsync(Minute);

        Assert.Null(world.Host.NotReady);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Token_revoked_while_running_stops_no_known_project_and_the_data_of_new_ones_wait()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{refresh_interval: 1m}" }.With("orders"));
        world.State.Tokens.Revoke(ProjectsWorld.Token);
        await world.PassAsync(Minute * 2);
        world.Expect(await world.SpansAsync("orders", 10), Fate.In(world.Project("orders")));
        var unknown = await world.SpansAsync("payroll", 10);
        var calls = world.Calls().Count;
        await world.PassAsync(Minute * 2);

        Assert.Null(world.Host.NotReady);
        Assert.Equal(10, world.Books("payroll").Queued);
        Assert.InRange(world.Calls().Count - calls, 2, 30);
        Assert.Contains("\"problem\":", await world.PageAsync("/routes"), StringComparison.Ordinal);
        world.State.Tokens.Grant(ProjectsWorld.Token);
        await world.PassAsync(Minute * 2);

        world.Expect(unknown, Fate.In(world.Project("payroll")));
        Assert.DoesNotContain("\"problem\":", await world.PageAsync("/routes"), StringComparison.Ordinal);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Page_404_of_something_in_front_of_Sentry_does_not_say_that_a_project_is_missing()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { AutoCreate = false });
        world.State.Projects.Create("orders", "orders").Try(out var orders, out _);
        var page = new FaultAnswer { Status = 404, ContentType = "text/html", Body = "<html><h1>404 Not Found</h1></html>" };
        var ingress = world.Sentry.Faults.Enqueue(Api(new Fault { Path = "**", Answer = page }));

        world.Expect(await world.SpansAsync("orders"), Fate.In(orders!));
        await world.PassAsync(Minute);
        Assert.Equal(3, world.Books("orders").Queued);
        world.Sentry.Faults.Remove(ingress.Id);
        await world.PassAsync(Minute);

        await world.FinishAsync();
    }

    [Fact]
    public async Task Organization_that_is_not_found_does_not_say_that_a_project_is_missing()
    {
        var missing = new FaultAnswer { Status = 404, Body = """{"detail":"The requested resource does not exist"}""" };
        await using var world = await ProjectsWorld.BeginAsync(
            new ProjectsSettings { AutoCreate = false }.With("orders"), Armed(new Fault { Path = "/api/0/organizations/acme/", Answer = missing }));
        world.Expect(await world.SpansAsync("orders"), Fate.In(world.Project("orders")));
        await world.PassAsync(Minute);

        Assert.Contains("read organization", world.Host.NotReady, StringComparison.Ordinal);
        Assert.Equal(3, world.Books("orders").Queued);
        world.Sentry.Faults.Clear();
        await world.PassAsync(Minute);

        await world.FinishAsync();
    }

    [Theory]
    [InlineData(0, "a limit of the window")]
    [InlineData(-30, "a reset in the past")]
    [InlineData(5, "a reset ahead")]
    public async Task Limits_of_the_API_slow_the_creation_of_many_projects_down_and_lose_nothing(int skew, string what)
    {
        var modes = new Modes { ApiRateLimit = new ApiRateLimit(Limit: 2, WindowSeconds: 1, ResetSkewSeconds: skew) };
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With(modes));
        var sent = new List<Sent>();
        for (var i = 0; i < 8; i++)
        {
            sent.Add(await world.SpansAsync($"service-{i}"));
        }

        await world.PassAsync(Minute * 3);

        sent.ForEach(each => world.Expect(each, Fate.In(world.Project(each.Service))));
        Assert.Equal(8, world.State.Projects.All().Length);
        Assert.True(world.Calls().Count(call => call.Status == 429) < 60, what);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Limit_of_calls_at_once_is_no_reason_to_wait_for_the_window()
    {
        var refusal = new FaultAnswer
        {
            Status = 429,
            Body = """{"detail":"You are attempting to go above the allowed concurrency for this endpoint. Concurrency limit is 25"}""",
            Headers = new Dictionary<string, string>
            {
                ["X-Sentry-Rate-Limit-Remaining"] = "39",
                ["X-Sentry-Rate-Limit-Limit"] = "40",
                ["X-Sentry-Rate-Limit-ConcurrentRemaining"] = "0",
                ["X-Sentry-Rate-Limit-Reset"] = "99999999999",
            },
        };
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        world.Sentry.Faults.Enqueue(Api(new Fault { Path = "/api/0/projects/**", Count = 2, Answer = refusal }));

        var sent = await world.SpansAsync("orders");
        await world.PassAsync(TimeSpan.FromSeconds(10));

        world.Expect(sent, Fate.In(world.Project("orders")));
        await world.FinishAsync();
    }

    private static Func<SentryServerHost, Task> Armed(Fault fault) => sentry =>
    {
        sentry.Faults.Enqueue(Api(fault));
        return Task.CompletedTask;
    };

    private static Fault Api(Fault fault) => fault with { Side = ServerSide.Management, Count = fault.Count == 1 ? null : fault.Count };
}
