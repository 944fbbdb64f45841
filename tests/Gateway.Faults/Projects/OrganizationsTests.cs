using SentryOtel.Gateway.Faults.Projects.Support;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Projects;

/// <summary>Several organisations behind one gateway, each with its own token, projects, queues and failures.</summary>
public sealed class OrganizationsTests
{
    [Fact]
    public async Task Organization_that_fails_in_every_way_holds_up_no_other()
    {
        var time = new Testing.FakeTimeProvider();
        await using var second = await SentryServerHost.StartAsync(
            new SentryServerOptions { Tokens = [new AccessToken(ProjectsWorld.Token)], TimeProvider = time }, TestContext.Current.CancellationToken);
        await using var world = await ProjectsWorld.BeginAsync(new ProjectsSettings { Second = second.ManagementUrl }.With("orders"), clock: time);
        await world.UntilAsync(() => world.Host.NotReady is null, "readiness");
        world.State.Tokens.Revoke(ProjectsWorld.Token);
        await world.Sentry.StopAsync(ServerSide.Ingest);

        foreach (var service in new[] { "orders", "payroll", "orders" })
        {
            Assert.True((await world.SpansAsync(service, 5)).IsAccepted);
        }

        await world.PassAsync(TimeSpan.FromSeconds(30));

        // Each item goes to both: all have arrived in the second, all wait for the first.
        Assert.Equal(15, second.State.Received.Spans().Select(span => span.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((15L, 0L), (Sum("sentry", balance => balance.Queued), Sum("sentry", balance => balance.Sent)));
        Assert.Equal((0L, 15L), (Sum("sentry/second", balance => balance.Queued), Sum("sentry/second", balance => balance.Sent)));
        Assert.Equal(["orders", "payroll"], second.State.Projects.All().Select(project => project.Slug).Order());

        long Sum(string exporter, Func<AccountBalance, long> value) =>
            world.Host.Accounts.All.Where(account => account.Exporter == exporter && account.Signal == OtlpSignal.Traces).Sum(account => value(account.Read()));
    }
}
