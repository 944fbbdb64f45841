using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.LeaderElection;
using SentryOtel.Kubernetes.Tests.Informers;
using SentryOtel.Kubernetes.Tests.LeaderElection;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Hosting;

/// <summary>Order of start and stop, and what makes a host fail; the server is scripted, so that each step can be held.</summary>
public sealed class OperatorHostTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedServer _server = new();
    private readonly LeaseServer _leases = new();
    private readonly LeaseServer.Connection _leaseConnection;
    private readonly TurnClock _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _log = [];
    private readonly HttpClient _http = new();
    private OperatorHost? _host;
    private Task<OperatorHostResult> _run = Task.FromResult(new OperatorHostResult(null));

    public OperatorHostTests()
    {
        _clock = new TurnClock(_time);
        _leaseConnection = _leases.Connect();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _http.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task It_answers_probes_at_once_and_starts_work_and_election_only_when_the_caches_are_full()
    {
        Start(Builder(elect: true, new Runnable("standby", _log, leaderOnly: false), new Runnable("leader", _log, leaderOnly: true)));
        var list = await _server.NextListAsync();
        Assert.Equal("500 200", await ProbesAsync());
        Assert.Empty(Logged());
        Assert.Null(_leases.Lease);

        list.Reply("10");
        await LoggedAsync("leader started");
        await LoggedAsync("standby started");

        Assert.Equal("200 200", await ProbesAsync());
        Assert.True(_host!.IsLeader);
        Assert.Contains("leader_election_master_status{name=\"operator\"} 1\n", await _http.GetStringAsync(new Uri(_host.MetricsAddress!, "/metrics"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_in_reverse_and_releases_the_lease_only_when_the_leaders_work_has_ended()
    {
        var leader = new Runnable("leader", _log, leaderOnly: true) { Drain = new TaskCompletionSource() };
        Start(Builder(elect: true, new Runnable("standby", _log, leaderOnly: false), leader));
        (await _server.NextListAsync()).Reply("10");
        await LoggedAsync("leader started");
        await LoggedAsync("standby started");

        await _stop.CancelAsync();
        await LoggedAsync("leader stopping");
        Assert.NotNull(_leases.Lease!.Spec!.HolderIdentity);
        Assert.Equal("200 200", await ProbesAsync());
        Assert.DoesNotContain("standby stopping", Logged());

        leader.Drain.SetResult();
        Assert.Equal(0, (await _run.WaitAsync(TimeSpan.FromSeconds(30), Token)).ExitCode);
        Assert.Equal(["leader stopping", "leader ended", "standby stopping", "standby ended"], Logged().Skip(2));
        Assert.Null(_leases.Lease!.Spec!.HolderIdentity);
    }

    [Fact]
    public async Task A_standby_is_ready_and_does_only_what_needs_no_lease()
    {
        _leases.Store(new V1LeaseSpec { HolderIdentity = "other", LeaseDurationSeconds = 3600 });
        Start(Builder(elect: true, new Runnable("standby", _log, leaderOnly: false), new Runnable("leader", _log, leaderOnly: true)));
        (await _server.NextListAsync()).Reply("10");
        await LoggedAsync("standby started");

        Assert.Equal("200 200", await ProbesAsync());
        Assert.False(_host!.IsLeader);
        await _stop.CancelAsync();
        Assert.Equal(0, (await _run.WaitAsync(TimeSpan.FromSeconds(30), Token)).ExitCode);
        Assert.DoesNotContain("leader started", Logged());
    }

    [Fact]
    public async Task Caches_that_do_not_fill_within_the_timeout_are_fatal_and_named()
    {
        Start(Builder(elect: false));
        await _server.NextListAsync();

        _time.Advance(TimeSpan.FromMinutes(2));
        var result = await _run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("configmaps", result.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_runnable_that_fails_stops_the_host_with_a_failure(bool leaderOnly)
    {
        var failing = new Runnable("failing", _log, leaderOnly) { Failure = new InvalidOperationException("broken") };
        Start(Builder(elect: true, failing, new Runnable("leader", _log, leaderOnly: true)));
        (await _server.NextListAsync()).Reply("10");

        var result = await _run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("failing failed: broken", result.Failure!.Message, StringComparison.Ordinal);
        Assert.True(string.IsNullOrEmpty(_leases.Lease?.Spec?.HolderIdentity));
    }

    [Fact]
    public async Task A_lost_lease_ends_the_host_at_once_and_waits_for_nobody()
    {
        var leader = new Runnable("leader", _log, leaderOnly: true) { Drain = new TaskCompletionSource() };
        Start(Builder(elect: true, leader));
        (await _server.NextListAsync()).Reply("10");
        await LoggedAsync("leader started");
        await Eventually.HoldsAsync(() => _clock.Delays, TimeSpan.FromSeconds(30), "the elector's pause", Token);

        _leases.Store(new V1LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15 });
        _time.Advance(TimeSpan.FromSeconds(2));
        var result = await _run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.IsType<LeaderElectionLostException>(result.Failure);
        Assert.Equal("thief", _leases.Lease!.Spec!.HolderIdentity);
        leader.Drain.SetResult();
    }

    [Fact]
    public async Task What_does_not_stop_within_the_grace_is_cancelled_and_that_is_a_failure()
    {
        var leader = new Runnable("leader", _log, leaderOnly: true) { Drain = new TaskCompletionSource() };
        Start(Builder(elect: false, leader));
        (await _server.NextListAsync()).Reply("10");
        await LoggedAsync("leader started");

        await _stop.CancelAsync();
        await LoggedAsync("leader stopping");
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(1, (await _run.WaitAsync(TimeSpan.FromSeconds(30), Token)).ExitCode);
        leader.Drain.SetResult();
    }

    [Fact]
    public void Equal_requests_share_an_informer_and_others_do_not()
    {
        var builder = Builder(elect: false);

        Assert.Same(builder.Informer<V1ConfigMap>(), builder.Informer<V1ConfigMap>(new InformerOptions<V1ConfigMap> { Namespaces = ["shop"] }));
        Assert.NotSame(builder.Informer<V1ConfigMap>(), builder.Informer<V1ConfigMap>(new InformerOptions<V1ConfigMap> { LabelSelector = "a" }));
    }

    [Fact]
    public void Contradictions_are_refused_before_anything_runs()
    {
        var builder = Builder(elect: false);
        builder.AddController(new Nothing());

        Assert.Throws<ArgumentException>(() => builder.AddController(new Nothing()));
        Assert.Throws<FormatException>(() => new OperatorHostBuilder(_server, new OperatorHostOptions { ReportingController = "t", MetricsBindAddress = "here" }));
        var election = new LeaderElectionOptions { LeaseName = "operator", LeaseNamespace = "sentry" };
        Assert.Throws<ArgumentException>(() => new OperatorHostBuilder(
            _server, new OperatorHostOptions { ReportingController = "t", LeaderElection = election, LeaderElectionClient = _server }));
    }

    private OperatorHostBuilder Builder(bool elect, params Runnable[] runnables)
    {
        var builder = new OperatorHostBuilder(_server, new OperatorHostOptions
        {
            WatchNamespaces = ["shop"],
            HealthProbeBindAddress = "127.0.0.1:0",
            MetricsBindAddress = "127.0.0.1:0",
            LeaderElection = elect ? new LeaderElectionOptions { LeaseName = "operator", LeaseNamespace = "sentry" } : null,
            LeaderElectionClient = elect ? _leaseConnection : null,
            ReportingController = "test.dev/operator",
            TimeProvider = _clock,
            Random = new Random(1),
        });
        builder.Informer(new InformerOptions<V1ConfigMap> { Namespaces = ["shop"], ResyncPeriod = TimeSpan.Zero });
        foreach (var runnable in runnables)
        {
            builder.AddRunnable(runnable);
        }

        return builder;
    }

    private void Start(OperatorHostBuilder builder)
    {
        _host = builder.Build();
        _run = _host.RunAsync(_stop.Token);
    }

    private async Task<string> ProbesAsync()
    {
        using var ready = await _http.GetAsync(new Uri(_host!.HealthAddress!, "/readyz"), Token);
        using var live = await _http.GetAsync(new Uri(_host.HealthAddress!, "/healthz"), Token);
        return $"{(int)ready.StatusCode} {(int)live.StatusCode}";
    }

    private string[] Logged()
    {
        lock (_log)
        {
            return [.. _log];
        }
    }

    private Task LoggedAsync(string line) =>
        Eventually.HoldsAsync(() => Logged().Contains(line), TimeSpan.FromSeconds(30), line, Token);

    private sealed class Runnable(string name, List<string> log, bool leaderOnly) : IRunnable
    {
        public string Name => name;

        public bool NeedsLeaderElection => leaderOnly;

        public TaskCompletionSource? Drain { get; init; }

        public Exception? Failure { get; init; }

        public async Task RunAsync(CancellationToken stopping)
        {
            Say("started");
            if (Failure is not null)
            {
                throw Failure;
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Say("stopping");
            await (Drain?.Task ?? Task.CompletedTask);
            Say("ended");
        }

        private void Say(string what)
        {
            lock (log)
            {
                log.Add($"{name} {what}");
            }
        }
    }

    private sealed class Nothing : IEntityController<V1ConfigMap>
    {
        public Task<ReconciliationResult> ReconcileAsync(V1ConfigMap entity, CancellationToken cancellationToken) =>
            Task.FromResult(ReconciliationResult.Success());

        public Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken) =>
            Task.FromResult(ReconciliationResult.Success());
    }
}
