using System.Globalization;
using SentryOtel.Cluster;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>What the programs ask of others when nothing happens, at the size of a company.</summary>
[Trait("Category", "Processes")]
public sealed class SteadyStateTests
{
    private const string Space = "calm";
    private const int Routes = 500;

    /// <summary>Reads a minute of two operators and a gateway: Secrets are looked at, watches begin anew. None of it grows with the number of routes.</summary>
    private const int ReadsPerMinute = 60;

    /// <summary>
    /// Calls to Sentry: the token, and the lists of projects and keys, which are read every ten minutes and so once at most. A page has 100 entries, and a project that was
    /// created two keys.
    /// </summary>
    private const int OneReading = 1 + (Routes / 100) + (2 * Routes / 100);

    private static readonly TimeSpan Observed = TimeSpan.FromMinutes(2);

    /// <summary>Longer than any pause between two writes of one change.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_500_ready_routes_nothing_but_leases_is_written_for_two_minutes_and_next_to_nothing_is_asked()
    {
        // Given an exporter with 500 ready routes, and the last write that belongs to the start is over
        await using var installation = await Installation.StartAsync(Cancellation);
        await installation.CreateExporterAsync(Space, Cancellation);
        await installation.CreateRoutesAsync(Space, [.. Enumerable.Range(0, Routes).Select(static number => string.Create(CultureInfo.InvariantCulture, $"service-{number}"))], Cancellation);
        await installation.WaitReadyAsync(Space, "sentryexporter/sentry", Cancellation);
        await installation.KubectlAsync(
            ["wait", "--for=condition=Ready", "sentryprojectroutes", "--all", "--namespace", Space, "--timeout=300s"], Cancellation);
        await Eventually.HoldsAsync(
            async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
                return !Requests(installation, DateTimeOffset.UtcNow - Settled).Any(IsChange);
            },
            TimeSpan.FromMinutes(2),
            "the end of the start",
            Cancellation);

        // When two minutes pass
        var since = DateTimeOffset.UtcNow;
        await Task.Delay(Observed, Cancellation);

        // Then operators and gateway have renewed their leases and written nothing else
        var requests = Requests(installation, since);
        Assert.Contains(requests, static request => request is { IsWrite: true, Resource: "leases" });
        Assert.Empty(requests.Where(IsChange).Select(static request => $"{request.User} {request.Verb} {request.Uri}"));

        // And they have read a few objects, however many routes there are
        var reads = requests.Where(static request => request is { IsWrite: false, Resource: not "leases" })
            .GroupBy(static request => $"{request.Verb} {request.Resource}")
            .ToDictionary(static group => group.Key, static group => group.Count());
        Report($"Kubernetes, reads in {Observed}: {Text(reads)}");
        Assert.True(reads.Values.Sum() <= ReadsPerMinute * Observed.TotalMinutes, Text(reads));

        // And asked Sentry as good as nothing
        var calls = installation.Sentry.State.Requests.All(ServerSide.Management).Where(request => request.At >= since)
            .GroupBy(static request => $"{request.Method} {request.Route}")
            .ToDictionary(static group => group.Key, static group => group.Count());
        Report($"Sentry, calls in {Observed}: {Text(calls)}");
        Assert.True(calls.Values.Sum() <= OneReading, Text(calls));
    }

    private static bool IsChange(AuditEvent request) => request.IsWrite && request.Resource != "leases";

    private static List<AuditEvent> Requests(Installation installation, DateTimeOffset since) =>
    [
        .. AuditLog.Read(installation.ControlPlane.AuditLogPath, "system:serviceaccount:")
            .Where(request => request.Time >= since && IsOurs(request.User)),
    ];

    private static bool IsOurs(string user) =>
        user.StartsWith($"system:serviceaccount:{Installation.SystemNamespace}:", StringComparison.Ordinal)
        || user.StartsWith($"system:serviceaccount:{Space}:", StringComparison.Ordinal);

    private static void Report(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);

    private static string Text(Dictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.OrderByDescending(static count => count.Value).Select(static count => $"{count.Value} {count.Key}"));
}
