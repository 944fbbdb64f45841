using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.SentryServer.Faults;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>Two operators, killed as a node's power cut kills them.</summary>
[Trait("Category", "Processes")]
public sealed class TakeoverTests
{
    // The lease is 15 s and those who want it look every 2 s; the rest is for a machine that is busy.
    private static readonly TimeSpan TakeoverWithin = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_leader_killed_between_creating_a_project_and_writing_status_leaves_exactly_one_project_and_the_next_leader_finishes()
    {
        // Given two operators, one of which leads, and a Sentry that commits the creation of a project and does not answer
        await using var installation = await Installation.StartAsync(Cancellation);
        await installation.CreateExporterAsync("team", Cancellation);
        await installation.WaitReadyAsync("team", "sentryexporter/sentry", Cancellation);
        var fault = installation.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/teams/*/*/projects/", Method = "POST", Hold = FaultPoint.After });
        await installation.CreateRouteAsync("team", "orders", Cancellation);
        await fault.ReachedAsync(Cancellation);
        Assert.Single(installation.Sentry.State.Projects.All());

        // When the leader dies at this point; its pod starts anew and wants the lease as the other does
        var leader = await installation.LeaderAsync(Cancellation);
        installation.Operator(leader.Pod).Send(Signal.Kill);
        fault.Release();
        await Eventually.HoldsAsync(
            async () => await installation.LeaderAsync(Cancellation) is { Identity.Length: > 0 } now && now != leader, TakeoverWithin, "another leader", Cancellation);

        // Then the next leader finishes the route with the project that is there, and knows it for its own
        await installation.WaitReadyAsync("team", "sentryprojectroute/orders", Cancellation);
        var project = Assert.Single(installation.Sentry.State.Projects.All());
        var route = await installation.GetAsync("team", "sentryprojectroute orders", Cancellation);
        Assert.Equal("orders", project.Slug);
        Assert.Equal($"{project.Id}", (string?)route["status"]!["project"]!["id"]);
        Assert.True((bool)route["status"]!["project"]!["created"]!);

        // And nobody was refused anything: both programs live within the roles that ship
        Assert.Empty(Refusals(installation));
    }

    private static IReadOnlyList<string> Refusals(Installation installation) =>
    [
        .. AuditLog.Read(installation.ControlPlane.AuditLogPath)
            .Where(request => request.Code == 403 && (request.User.StartsWith("system:serviceaccount:sentry-system:", StringComparison.Ordinal) || request.User.StartsWith("system:serviceaccount:team:", StringComparison.Ordinal)))
            .Select(request => $"{request.User} {request.Verb} {request.Uri}"),
    ];
}
