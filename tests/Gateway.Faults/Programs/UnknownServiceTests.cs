using System.Net.Http.Headers;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The program, and services whose project it has to look for or make: nothing is called sent before it is, and nothing is lost meanwhile.</summary>
public sealed class UnknownServiceTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const string Creates = "/api/0/teams/*/*/projects/";

    private static readonly GatewaySettings Creating = new() { Exporter = ["auto_create_projects: true", "projects: {team: platform}"] };

    [Fact]
    public async Task First_data_of_a_service_wait_for_its_project_and_then_arrive()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Creating);
        world.Unknown("orders");
        var creates = await CreatesAsync(world);
        var held = await world.Sentry.FaultAsync(new Fault { Path = Creates, Method = "POST", Hold = FaultPoint.Before });
        for (var i = 0; i < 3; i++)
        {
            await world.SpansAsync("orders");
            await world.LogsAsync("orders");
        }

        await FaultWorld.UntilAsync(async () => (await world.Sentry.FaultStateAsync(held)).Holding == 1, "the create");
        var books = await world.BooksAsync();
        Assert.Equal((18, 0), (books.Sum("items_queued"), books.Sum("items_sent_total")));
        await world.Sentry.ReleaseAsync(held);

        await world.SettleAsync();
        Assert.Equal(creates + 1, await CreatesAsync(world));
    }

    [Theory]
    [InlineData(500, """{"detail":"Internal Error"}""")]
    [InlineData(503, "<html>maintenance</html>")]
    [InlineData(429, """{"detail":"You are attempting to use this endpoint too frequently."}""")]
    [InlineData(401, """{"detail":"Invalid token"}""")]
    [InlineData(404, "<html>no such page</html>")]
    public async Task A_look_up_that_fails_is_no_missing_project_and_costs_nothing(int status, string body)
    {
        // The project is there; the gateway has not seen it yet.
        await using var world = await FaultWorld.WithProgramAsync(sentry, Creating);
        await world.NewProjectAsync("orders");
        var creates = await CreatesAsync(world);
        var fault = await world.Sentry.FaultAsync(new Fault { Path = "/api/0/**", Side = ServerSide.Management, Count = null, Answer = new FaultAnswer { Status = status, Body = body } });
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("lookup_failures_total") > 0, "a look-up that failed");
        world.Ledger.Expect(world.Ledger.Items, Fate.Queued);
        await world.Ledger.AssertArrivalsAsync();
        Assert.Equal(0, (await world.BooksAsync()).Sum("items_sent_total"));

        await world.Sentry.RemoveFaultAsync(fault);
        world.Ledger.Expect(world.Ledger.Items, Fate.Delivered);
        await world.SettleAsync();
        Assert.Equal(creates, await CreatesAsync(world));
    }

    [Fact]
    public async Task A_create_that_was_carried_out_and_cut_off_makes_no_second_project()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Creating);
        world.Unknown("orders");
        await world.Sentry.FaultAsync(new Fault { Path = Creates, Method = "POST", Reset = FaultPoint.After });
        await world.SpansAsync("orders");

        await world.SettleAsync();
        Assert.Single(await ProjectsLikeAsync(world, world["orders"].Slug));
    }

    [Fact]
    public async Task A_project_that_somebody_else_makes_meanwhile_is_used()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Creating);
        world.Unknown("orders");
        var held = await world.Sentry.FaultAsync(new Fault { Path = Creates, Method = "POST", Hold = FaultPoint.Before });
        await world.SpansAsync("orders");
        await FaultWorld.UntilAsync(async () => (await world.Sentry.FaultStateAsync(held)).Holding == 1, "the create");

        await world.Sentry.MakeProjectAsync(world["orders"].Slug);
        await world.Sentry.ReleaseAsync(held);

        await world.SettleAsync();
        Assert.Single(await ProjectsLikeAsync(world, world["orders"].Slug));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 3)]
    public async Task Reads_that_lag_behind_a_create_make_no_second_project(int projectVisibilityLag, int keyVisibilityLag)
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Creating);
        world.Unknown("orders");
        await world.Sentry.ModesAsync(new { projectVisibilityLag, keyVisibilityLag });
        await world.SpansAsync("orders");

        await world.SettleAsync();
        Assert.Single(await ProjectsLikeAsync(world, world["orders"].Slug));
    }

    [Fact]
    public async Task A_token_that_may_not_create_makes_data_wait_with_the_cure_in_sight()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Creating, _ => sentry.StandIn.GrantAsync("org:read,project:read,team:read"));
        world.Unknown("orders");
        await world.SpansAsync("orders");
        await FaultWorld.UntilAsync(async () => (await world.PageAsync("routes")).Contains("project:write", StringComparison.Ordinal), "the missing scope by name");
        world.Ledger.Expect(world.Ledger.Items, Fate.Queued);
        await world.Ledger.AssertArrivalsAsync();

        await world.Sentry.GrantAsync();

        world.Ledger.Expect(world.Ledger.Items, Fate.Delivered);
        await world.SettleAsync();
    }

    [Fact]
    public async Task Two_gateways_that_learn_of_the_same_services_at_once_make_one_project_for_each()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, Creating);
        await using var second = await GatewayProcess.StartAsync(Creating, world.Sentry);
        await FaultWorld.UntilAsync(async () => await second.NotReadyAsync() is null, "readiness of the second");
        using var client = new HttpClient();
        string[] names = [.. Enumerable.Range(0, 5).Select(i => $"svc{i}")];
        foreach (var name in names)
        {
            world.Unknown(name);
        }

        await Task.WhenAll(names.SelectMany(name => new[] { world.SpansAsync(name), SendAsync(world, client, second, name) }));

        await FaultWorld.UntilAsync(async () => (await world.Sentry.ReceivedAsync(names.Select(name => world[name]))).Arrived.Count == world.Ledger.Items.Count, "what both took");
        await world.Ledger.AssertArrivalsAsync();
        foreach (var name in names)
        {
            Assert.Single(await ProjectsLikeAsync(world, world[name].Slug));
        }
    }

    [Fact]
    public async Task A_flood_of_names_makes_as_many_projects_as_it_may_and_the_rest_is_refused_or_dropped_by_name()
    {
        await using var own = await SentryProcess.StartAsync([]);
        await using var world = await FaultWorld.WithProgramAsync(
            own, new GatewaySettings { Exporter = ["auto_create_projects: true", "projects: {team: platform, max_auto_created: 3}", "queue: {parking: {max_services: 6}}"] }, "known");
        string[] names = [.. Enumerable.Range(0, 15).Select(i => $"flood{i}")];
        // Until all have come nothing is known of any.
        var held = await world.Sentry.FaultAsync(new Fault { Path = "**", Side = ServerSide.Management, Count = null, Hold = FaultPoint.Before });
        foreach (var name in names)
        {
            world.Unknown(name);
            var (items, answer) = await world.OfferAsync(name, OtlpSignal.Traces, 1);
            answer.Dispose();
            world.Ledger.Expect(items, answer.IsSuccessStatusCode ? Fate.DeliveredOrDropped("no_project") : Fate.Refused);
        }

        await world.Sentry.RemoveFaultAsync(held);
        await world.SpansAsync("known");
        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_queued") == 0, "an end of every wait");
        Assert.Equal(3, (await world.BooksAsync()).Sum("projects_created_total"));
        Assert.Equal(3, (await ProjectsLikeAsync(world, "flood")).Count);
        Assert.Equal(15 - 6, world.Ledger.Items.Count(item => item.Fate == Fate.Refused));
        await world.SettleAsync();
    }

    private static async Task SendAsync(FaultWorld world, HttpClient client, GatewayProcess gateway, string name)
    {
        var items = world.Ledger.Add([.. Enumerable.Range(0, 3).Select(i => $"{world[name].Slug}/second/{i}")], world[name], OtlpSignal.Traces);
        using var content = new ByteArrayContent(Requests.Traces((world[name].Slug, [.. items.Select(item => item.Id)])));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await client.PostAsync(new Uri(gateway.Http, "v1/traces"), content, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    // Slugs that begin so, and names of other tests that go on with a digit left out.
    private static async Task<IReadOnlyList<string>> ProjectsLikeAsync(FaultWorld world, string slug) =>
        [.. System.Text.Json.Nodes.JsonNode.Parse(await world.Sentry.ApiAsync(HttpMethod.Get, $"organizations/{SentryProcess.Organization}/projects/?per_page=100"))!
            .AsArray().Select(project => (string)project!["slug"]!)
            .Where(found => found.StartsWith(slug, StringComparison.Ordinal) && (slug == "flood" || found.Length == slug.Length || !char.IsAsciiDigit(found[slug.Length])))];

    // The test's own client has no name.
    private static async Task<int> CreatesAsync(FaultWorld world) =>
        (await world.Sentry.ApiCallsAsync("/api/0/teams/", "POST")).Count(call => call.UserAgent.Length > 0);
}
