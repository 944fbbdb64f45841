using SentryOtel.Cluster;

namespace SentryOtel.EndToEnd;

/// <summary>What the programs write when nothing happens.</summary>
[Trait("Category", "Processes")]
public sealed class SteadyStateTests
{
    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_but_leases_is_written_for_a_minute_once_all_is_ready()
    {
        // Given an exporter with two ready routes
        await using var installation = await Installation.StartAsync(Cancellation);
        await installation.CreateExporterAsync("calm", Cancellation);
        await installation.CreateRouteAsync("calm", "orders", Cancellation);
        await installation.CreateRouteAsync("calm", "shipping", Cancellation);
        await installation.WaitReadyAsync("calm", "sentryexporter/sentry", Cancellation);
        await installation.WaitReadyAsync("calm", "sentryprojectroute/orders", Cancellation);
        await installation.WaitReadyAsync("calm", "sentryprojectroute/shipping", Cancellation);

        // When a minute passes, counted from the last write that belongs to the start
        var since = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(2);
        await Task.Delay(Observed + TimeSpan.FromSeconds(2), Cancellation);

        // Then operators and gateway have renewed their leases and written nothing else
        var writes = AuditLog.Read(installation.ControlPlane.AuditLogPath)
            .Where(request => request.Time >= since && request.IsWrite && IsOurs(request.User))
            .ToList();
        Assert.Contains(writes, request => request.Resource == "leases");
        Assert.Empty(writes.Where(request => request.Resource != "leases").Select(request => $"{request.User} {request.Verb} {request.Uri}"));
    }

    private static bool IsOurs(string user) =>
        user.StartsWith($"system:serviceaccount:{Installation.SystemNamespace}:", StringComparison.Ordinal)
        || user.StartsWith("system:serviceaccount:calm:", StringComparison.Ordinal);
}
