using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.LeaderElection;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.LeaderElection;

public sealed class LeaderElectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LeaseServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_one_creates_the_lease_and_leads()
    {
        await using var a = new Contender(_server, _time, "a");

        await a.LeadsAsync();

        var spec = _server.Lease!.Spec!;
        Assert.Equal("a", spec.HolderIdentity);
        Assert.Equal(15, spec.LeaseDurationSeconds);
        Assert.Equal(0, spec.LeaseTransitions);
        Assert.Equal(_time.GetUtcNow(), spec.RenewTime);
        Assert.True(a.Elector.IsLeader);
    }

    [Fact]
    public async Task A_renewal_is_one_request_and_keeps_the_acquire_time()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();
        var acquired = _server.Lease!.Spec!.AcquireTime;

        await AdvanceAsync(20, a);

        Assert.True(a.Elector.IsLeader);
        Assert.Equal(acquired, _server.Lease!.Spec!.AcquireTime);
        Assert.Equal(0, _server.Lease.Spec.LeaseTransitions);
        Assert.Equal(["GET", "CREATE"], a.Connection.Requests.Take(2));
        Assert.All(a.Connection.Requests.Skip(2), request => Assert.Equal("PATCH", request));
    }

    [Fact]
    public async Task A_second_one_waits_as_long_as_the_first_renews()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();
        await using var b = new Contender(_server, _time, "b");

        await AdvanceAsync(120, a, b);

        Assert.True(a.Elector.IsLeader);
        Assert.False(b.Elector.IsLeader);
        Assert.Equal("a", b.Elector.Holder);
    }

    [Fact]
    public async Task When_the_leader_is_cut_off_it_stops_before_the_other_takes_over()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();
        await using var b = new Contender(_server, _time, "b");
        await AdvanceAsync(30, a, b);

        a.Connection.Cut = true;
        var cutAt = _time.GetUtcNow();
        while (!b.Elector.IsLeader)
        {
            await AdvanceAsync(1, a, b);
            Assert.False(a.Elector.IsLeader && b.Elector.IsLeader, "two leaders");
            Assert.True(_time.GetUtcNow() - cutAt < TimeSpan.FromSeconds(15 + 2 + 5), "no take-over within the lease");
        }

        var lost = await Assert.ThrowsAsync<LeaderElectionLostException>(() => a.Run.WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Contains("sentry/operator", lost.Message, StringComparison.Ordinal);
        Assert.True(a.WasAborted);
        Assert.Equal(1, _server.Lease!.Spec!.LeaseTransitions);
        Assert.Equal("b", _server.Lease.Spec.HolderIdentity);
    }

    [Fact]
    public async Task A_leader_whose_requests_hang_stops_at_the_renew_deadline()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();

        a.Connection.Hang = true;
        await AdvanceAsync(9, a);
        Assert.True(a.Elector.IsLeader);
        await AdvanceAsync(1, a);

        Assert.False(a.Elector.IsLeader);
        await Assert.ThrowsAsync<LeaderElectionLostException>(() => a.Run.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task A_leader_that_finds_another_holder_stops_at_once()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();

        _server.Store(new V1LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15, RenewTime = _time.GetUtcNow() });
        await AdvanceAsync(2, a);

        var lost = await Assert.ThrowsAsync<LeaderElectionLostException>(() => a.Run.WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Contains("thief", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_on_the_fast_path_is_resolved_by_reading_again()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();

        a.Connection.BeforeWrite = () => _server.Store(_server.Lease!.Spec);
        await AdvanceAsync(2, a);

        Assert.True(a.Elector.IsLeader);
        Assert.Equal(["GET", "CREATE", "PATCH", "GET", "PATCH"], a.Connection.Requests);
    }

    [Fact]
    public async Task A_stop_releases_the_lease_only_after_the_work_has_ended()
    {
        await using var a = new Contender(_server, _time, "a") { DrainsSlowly = true };
        await a.LeadsAsync();

        await a.StopAsync();
        await AdvanceAsync(20, a);
        Assert.Equal("a", _server.Lease!.Spec!.HolderIdentity);
        Assert.True(a.Elector.IsLeader, "it renews while its work drains");

        a.Drained.SetResult();
        await a.Run.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Null(_server.Lease!.Spec!.HolderIdentity);
        Assert.Equal(1, _server.Lease.Spec.LeaseDurationSeconds);
    }

    [Fact]
    public async Task A_released_lease_is_taken_at_the_next_attempt()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();
        await using var b = new Contender(_server, _time, "b");
        await AdvanceAsync(10, a, b);

        await a.StopAsync();
        await a.Run.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await AdvanceAsync(5, b);

        Assert.True(b.Elector.IsLeader);
    }

    [Fact]
    public async Task Without_release_the_next_one_waits_for_the_lease_to_run_out()
    {
        await using var a = new Contender(_server, _time, "a", options => options with { ReleaseOnCancel = false });
        await a.LeadsAsync();
        await a.StopAsync();
        await a.Run.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await using var b = new Contender(_server, _time, "b");

        await AdvanceAsync(10, b);
        Assert.False(b.Elector.IsLeader);
        await AdvanceAsync(10, b);
        Assert.True(b.Elector.IsLeader);
    }

    [Fact]
    public async Task A_release_survives_a_conflict()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();

        a.Connection.BeforeWrite = () => _server.Store(_server.Lease!.Spec);
        await a.StopAsync();
        await a.Run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Null(_server.Lease!.Spec!.HolderIdentity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lease_without_content_is_taken(bool hasSpec)
    {
        _server.Store(hasSpec ? new V1LeaseSpec() : null);
        await using var a = new Contender(_server, _time, "a");

        await a.LeadsAsync();

        Assert.Equal("a", _server.Lease!.Spec!.HolderIdentity);
    }

    [Fact]
    public async Task The_holders_clock_does_not_matter_but_only_how_long_the_record_stays()
    {
        _server.Store(new V1LeaseSpec { HolderIdentity = "old", LeaseDurationSeconds = 30, RenewTime = _time.GetUtcNow().AddYears(-1) });
        await using var a = new Contender(_server, _time, "a");

        await AdvanceAsync(29, a);
        Assert.False(a.Elector.IsLeader);
        await AdvanceAsync(6, a);
        Assert.True(a.Elector.IsLeader);
    }

    [Fact]
    public async Task The_watchdog_complains_when_a_leader_does_not_notice_that_it_no_longer_renews()
    {
        await using var a = new Contender(_server, _time, "a");
        await a.LeadsAsync();
        Assert.True(a.Elector.Check().IsHealthy);

        // The whole process was frozen: time passes in one leap, and no timer has had its turn.
        var frozen = new FrozenTime(_time);
        await using var b = new Contender(new LeaseServer(), frozen, "b");
        await b.LeadsAsync();
        frozen.Leap(TimeSpan.FromSeconds(36));

        Assert.False(b.Elector.IsLeader);
        Assert.False(b.Elector.Check().IsHealthy);
    }

    [Theory]
    [InlineData(15, 15, 2, "LeaseDuration")]
    [InlineData(15, 10, 9, "RenewDeadline")]
    [InlineData(15, 10, 0, "RetryPeriod")]
    [InlineData(15.5, 10, 2, "LeaseDuration")]
    public void Times_that_do_not_fit_are_refused_by_name(double lease, double renew, double retry, string field)
    {
        var options = new LeaderElectionOptions
        {
            LeaseName = "operator",
            LeaseNamespace = "sentry",
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewDeadline = TimeSpan.FromSeconds(renew),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        };

        var refused = Assert.Throws<ArgumentException>(
            () => new LeaderElector(_server.Connect(), options, _time, new Random(1), NullLogger.Instance));
        Assert.Equal(field, refused.ParamName);
    }

    [Fact]
    public void Two_processes_of_one_host_have_two_identities()
    {
        var one = new LeaderElectionOptions { LeaseName = "x", LeaseNamespace = "y" };
        var two = new LeaderElectionOptions { LeaseName = "x", LeaseNamespace = "y" };

        Assert.NotEqual(one.Identity, two.Identity);
        Assert.StartsWith(Environment.MachineName + "_", one.Identity, StringComparison.Ordinal);
    }

    /// <summary>Second by second, so that every contender takes its turn.</summary>
    private async Task AdvanceAsync(int seconds, params Contender[] contenders)
    {
        for (var second = 0; second < seconds; second++)
        {
            await SettleAsync(contenders);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await SettleAsync(contenders);
    }

    /// <summary>Every contender that still runs waits on the clock again.</summary>
    private static async Task SettleAsync(Contender[] contenders)
    {
        foreach (var contender in contenders)
        {
            await contender.SettleAsync(Token);
        }
    }
}
