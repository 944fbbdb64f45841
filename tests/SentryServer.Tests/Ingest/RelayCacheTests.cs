using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Ingest;

public sealed class RelayCacheTests
{
    [Fact]
    public async Task A_nonsense_key_is_200_once_and_403_until_its_negative_entry_runs_out()
    {
        await using var sentry = await TestSentry.StartAsync();
        var key = new string('f', 32);

        Assert.Equal(200, (await sentry.ExportAsync(key: key)).Status);
        Assert.Equal(403, (await sentry.ExportAsync(key: key)).Status);
        sentry.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(403, (await sentry.ExportAsync(key: key)).Status);
        sentry.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await sentry.ExportAsync(key: key)).Status);

        Assert.All(sentry.State.Received.Dropped(), drop => Assert.Equal("ProjectId", drop.Reason));
        Assert.Empty(sentry.State.Received.Spans());
    }

    [Fact]
    public async Task A_key_asked_for_before_it_existed_stays_refused_for_a_minute()
    {
        await using var sentry = await TestSentry.StartAsync();
        var key = new string('f', 32);
        await sentry.ExportAsync(key: key);
        sentry.State.Keys.Create(sentry.Orders.Id, "late", key);

        Assert.Equal(403, (await sentry.ExportAsync(key: key)).Status);
        sentry.Time.Advance(RelayCache.DisabledLifetime);

        Assert.Equal(200, (await sentry.ExportAsync(key: key)).Status);
        Assert.Single(sentry.State.Received.Spans("orders"));
    }

    [Fact]
    public async Task A_key_never_asked_for_works_at_once()
    {
        await using var sentry = await TestSentry.StartAsync();

        Assert.Equal(200, (await sentry.ExportAsync()).Status);

        Assert.Single(sentry.State.Received.Spans("orders"));
    }

    [Fact]
    public async Task A_deleted_project_takes_and_loses_data_for_five_minutes_and_is_403_then()
    {
        await using var sentry = await TestSentry.StartAsync();
        var (project, key) = ($"{sentry.Orders.Id}", sentry.OrdersKey);
        await sentry.ExportAsync();
        await sentry.CallAsync("DELETE", "projects/acme/orders/");

        sentry.Time.Advance(TimeSpan.FromSeconds(299));
        var silent = await sentry.ExportAsync(key: key, project: project);
        sentry.Time.Advance(TimeSpan.FromSeconds(1));
        await sentry.ExportAsync(key: key, project: project);
        var refused = await sentry.ExportAsync(key: key, project: project, contentType: "application/json");

        Assert.Equal(200, silent.Status);
        Assert.Equal(403, refused.Status);
        Assert.Equal("""{"code":7,"message":"event submission rejected with_reason: ProjectId"}""", refused.Text);
        Assert.Single(sentry.State.Received.Spans());
        Assert.Equal(2, sentry.State.Received.TotalsOf("orders").Lost);
    }

    [Fact]
    public async Task With_invalidation_ingest_hears_of_a_deactivated_key_at_once()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { RelayInvalidation = true });
        await sentry.ExportAsync();

        sentry.State.Keys.Update(sentry.OrdersKey, key => key with { IsActive = false });
        await sentry.ExportAsync();
        Assert.Equal(403, (await sentry.ExportAsync()).Status);

        sentry.State.Keys.Update(sentry.OrdersKey, key => key with { IsActive = true });
        Assert.Equal(200, (await sentry.ExportAsync()).Status);
    }

    [Fact]
    public async Task A_restart_empties_the_cache_and_keeps_everything_else()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();
        var (management, ingest) = (sentry.Host.ManagementUrl, sentry.Host.IngestUrl);

        await sentry.Host.RestartAsync(TestContext.Current.CancellationToken);

        Assert.Equal((management, ingest), (sentry.Host.ManagementUrl, sentry.Host.IngestUrl));
        Assert.Empty(sentry.State.Relay.Entries());
        Assert.Equal(200, (await sentry.ExportAsync()).Status);
        Assert.Equal(2, sentry.State.Received.Spans("orders").Length);
    }
}
