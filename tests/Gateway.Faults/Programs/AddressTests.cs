using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The program, and the places it talks to: prefixes and ports, long lists, several organisations, addresses that an answer names.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task Port_and_path_of_a_Sentry_behind_a_prefix_are_kept_for_both_signals()
    {
        await using var sentry = await SentryProcess.StartAsync(["--path-prefix", "/deep/sentry"]);
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings(), "orders");
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");

        await world.SettleAsync();
    }

    [Fact]
    public async Task Lists_of_several_pages_are_read_to_the_end_so_that_no_known_project_is_looked_up()
    {
        await using var sentry = await SentryProcess.StartAsync([]);
        await sentry.StandIn.ModesAsync(new { paging = new { pageSize = 10 } });
        string[] names = [.. Enumerable.Range(0, 25).Select(i => $"svc{i}x")];
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings(), names);
        foreach (var name in names)
        {
            await world.SpansAsync(name, 1);
        }

        await world.SettleAsync();
        Assert.DoesNotContain(await sentry.StandIn.ApiCallsAsync("/api/0/projects/"), call => call.UserAgent.Length > 0);
    }

    [Fact]
    public async Task An_organisation_whose_token_and_ingest_fail_holds_up_no_other()
    {
        await using var first = await SentryProcess.StartAsync([]);
        await using var second = await SentryProcess.StartAsync([]);
        await using var world = await FaultWorld.WithProgramAsync(first, new GatewaySettings { Second = second.StandIn.ManagementUrl }, "orders");
        await first.StandIn.RevokeAsync();
        await first.StandIn.IngestPortAsync(open: false);
        await world.SpansAsync("orders", 5);
        await world.LogsAsync("orders", 5);

        var there = new SentryProject(world["orders"].Slug, "0", string.Empty);
        await FaultWorld.UntilAsync(async () => (await second.StandIn.ReceivedAsync([there])).Arrived.Count == 10, "all of it in the second organisation");
        var books = await world.BooksAsync();
        Assert.Equal((10, 0), (books.Sum("items_queued", ("exporter", "sentry")), books.Sum("items_sent_total", ("exporter", "sentry"))));

        await first.StandIn.GrantAsync();
        await first.StandIn.IngestPortAsync(open: true);
        await FaultWorld.UntilAsync(async () => (await world.BooksAsync()).Sum("items_queued") == 0, "empty queues");
        await world.Ledger.AssertArrivalsAsync();
        Assert.Equal(10, (await second.StandIn.ReceivedAsync([there])).Arrived.Select(arrival => arrival.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Neither_token_nor_data_go_to_an_address_that_an_answer_names()
    {
        using var stranger = new Stranger();
        await using var sentry = await SentryProcess.StartAsync([]);
        await sentry.StandIn.ModesAsync(new { paging = new { pageSize = 1, linkOrigin = stranger.Address }, regionUrl = stranger.Address });
        await using var world = await FaultWorld.WithProgramAsync(
            sentry, new GatewaySettings { Exporter = ["auto_create_projects: true", "projects: {team: platform}"] }, "orders", "payroll");
        world.Unknown("shipping");
        var location = new Dictionary<string, string> { ["Location"] = $"{stranger.Address}/elsewhere" };
        await sentry.StandIn.FaultAsync(new Fault { Path = $"/api/0/projects/*/{world["shipping"].Slug}/", Side = ServerSide.Management, Answer = new FaultAnswer { Status = 302, Headers = location } });
        await world.AnswerAsync("payroll", 307, location);
        world.Ledger.Expect(await world.SpansAsync("payroll"), Fate.Queued);
        await world.SpansAsync("orders");
        await world.SendAsync("shipping", OtlpSignal.Logs, 3);

        // A redirect of ingest is a wrong address: it is looked up anew, and asked again a minute later.
        await world.SettleAsync();
        Assert.Equal(0, stranger.Connections);
    }
}
