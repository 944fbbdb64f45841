using System.Text;
using SentryOtel.Gateway.Faults.Projects.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using Stranger = SentryOtel.Gateway.Faults.Support.Stranger;

namespace SentryOtel.Gateway.Faults.Projects;

/// <summary>The token goes to the API alone, and neither it nor a key is ever printed.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task Token_goes_to_no_address_that_an_answer_names()
    {
        using var stranger = new Stranger();
        var modes = new Modes { Paging = new PagingQuirks(PageSize: 1, LinkOrigin: stranger.Address), RegionUrl = stranger.Address };
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings().With(modes).With("orders", "payroll"));
        world.Sentry.Faults.Enqueue(new Fault
        {
            Path = "/api/0/projects/acme/shipping/",
            Side = ServerSide.Management,
            Answer = new FaultAnswer { Status = 302, Headers = new Dictionary<string, string> { ["Location"] = $"{stranger.Address}/api/0/projects/acme/shipping/" } },
        });
        world.Sentry.Faults.Enqueue(new Fault
        {
            Path = $"/api/{world.Project("payroll").Id}/**",
            Side = ServerSide.Ingest,
            Answer = new FaultAnswer { Status = 307, Headers = new Dictionary<string, string> { ["Location"] = $"{stranger.Address}/steal" } },
        });

        world.Expect(await world.SpansAsync("orders"), Fate.In(world.Project("orders")));
        world.Expect(await world.SpansAsync("payroll"), Fate.In(world.Project("payroll")));
        var moved = await world.SpansAsync("shipping");
        await world.PassAsync(TimeSpan.FromMinutes(3));

        world.Expect(moved, Fate.In(world.Project("shipping")));
        Assert.Equal(0, stranger.Connections);
        Assert.Equal([world.Sentry.ManagementUrl.Authority], world.Addresses.Authorized);
        Assert.Equal(new[] { world.Sentry.ManagementUrl.Authority, world.Sentry.IngestUrl.Authority }.Order(), world.Addresses.Called);
        Assert.Contains("the token stays with the configured url", world.LogText, StringComparison.Ordinal);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Run_full_of_failures_prints_neither_token_nor_key()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Projects = "{refresh_interval: 1m}" }.With("orders", "payroll", "broken"));
        string[] answers = ["<html>" + ProjectsWorld.Token + "</html>", """{"detail":"Invalid token"}""", "not json", "[]", "{\"id\":null}"];
        var pages = new StringBuilder();
        var keys = world.State.Keys.All().Select(key => key.Public).ToHashSet(StringComparer.Ordinal);
        for (var round = 0; round < 12; round++)
        {
            var status = new[] { 200, 302, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503 }[round];
            world.Sentry.Faults.Clear();
            world.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Management, Count = 4, Answer = new FaultAnswer { Status = status, Body = answers[round % 2 + 1] } });
            world.Sentry.Faults.Enqueue(new Fault
            {
                Path = $"/api/{world.Project("broken").Id}/**",
                Side = ServerSide.Ingest,
                Count = 3,
                Answer = new FaultAnswer { Status = Math.Max(status, 400), Body = "event submission rejected with_reason: ProjectId" },
            });
            world.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = 2, Reset = FaultPoint.Before });
            await world.SpansAsync("orders");
            await world.SpansAsync("broken");
            await world.LogsAsync($"new-{round}");
            foreach (var key in world.State.Keys.OfProject(world.Project("payroll").Id))
            {
                world.State.Keys.Delete(key.Public);
            }

            keys.Add(world.State.Keys.Create(world.Project("payroll").Id, "next").Public);
            await world.SpansAsync("payroll");
            await world.PassAsync(TimeSpan.FromSeconds(70));
            pages.AppendLine(await world.PageAsync("/metrics")).AppendLine(await world.PageAsync("/routes"));
        }

        keys.UnionWith(world.State.Keys.All().Select(key => key.Public));
        var text = pages.ToString() + world.LogText;
        Assert.Contains("failed as", text, StringComparison.Ordinal);
        Assert.DoesNotContain(ProjectsWorld.Token, text, StringComparison.Ordinal);
        Assert.All(keys, key => Assert.DoesNotContain(key, text, StringComparison.OrdinalIgnoreCase));
        Assert.All(world.Host.Accounts.All, account => Assert.True(account.Read().IsBalanced));
    }
}
