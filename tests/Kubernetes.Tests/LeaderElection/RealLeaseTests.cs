using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.LeaderElection;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.LeaderElection;

/// <summary>Two electors on a Lease of a real API server; one of them behind a wire that can be cut.</summary>
[Trait("Category", "Processes")]
public sealed class RealLeaseTests(ControlPlaneFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<string> _leaders = [];
    private readonly List<string> _history = [];
    private KubernetesClient _admin = null!;
    private TcpProxy _proxy = null!;
    private string _namespace = "";
    private bool _twoAtOnce;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var cluster = await fixture.StartAsync(Token);
        _admin = await fixture.CreateClientAsync(Token);
        _namespace = await ControlPlaneFixture.CreateNamespaceAsync(_admin, Token);
        _proxy = new TcpProxy(cluster.Server);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _proxy.DisposeAsync();
        _admin.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task One_leads_and_when_it_is_cut_off_it_stops_and_the_other_takes_over()
    {
        var cluster = await fixture.StartAsync(Token);
        using var wired = ControlPlaneFixture.CreateClient(_proxy.Redirect(cluster.KubeconfigPath, cluster.Server, _folder));
        using var direct = ControlPlaneFixture.CreateClient(cluster.KubeconfigPath);
        var first = Run(wired, "first", _stop.Token);
        await LeaderAsync("first");
        using var stopSecond = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var second = Run(direct, "second", stopSecond.Token);

        _proxy.GoDown();
        await Assert.ThrowsAsync<LeaderElectionLostException>(() => first.WaitAsync(Patience, Token));
        await LeaderAsync("second");

        var lease = await _admin.GetAsync<V1Lease>("operator", _namespace, Token);
        Assert.Equal(("second", 1), (lease!.Spec!.HolderIdentity, lease.Spec.LeaseTransitions));
        await stopSecond.CancelAsync();
        await second.WaitAsync(Patience, Token);
        Assert.Equal(["first", "second"], _history);
        Assert.False(_twoAtOnce);
        lease = await _admin.GetAsync<V1Lease>("operator", _namespace, Token);
        Assert.True(string.IsNullOrEmpty(lease!.Spec!.HolderIdentity), "a stop releases the lease");
    }

    [Fact]
    public async Task Leadership_passes_on_when_the_leader_stops()
    {
        var cluster = await fixture.StartAsync(Token);
        using var a = ControlPlaneFixture.CreateClient(cluster.KubeconfigPath);
        using var b = ControlPlaneFixture.CreateClient(cluster.KubeconfigPath);
        using var stopFirst = new CancellationTokenSource();
        var first = Run(a, "first", stopFirst.Token);
        await LeaderAsync("first");
        var second = Run(b, "second", _stop.Token);

        await stopFirst.CancelAsync();
        await first.WaitAsync(Patience, Token);
        await LeaderAsync("second");

        Assert.False(_twoAtOnce);
        await _stop.CancelAsync();
        await second.WaitAsync(Patience, Token);
    }

    private Task Run(KubernetesClient client, string identity, CancellationToken stopping)
    {
        var options = new LeaderElectionOptions
        {
            LeaseName = "operator",
            LeaseNamespace = _namespace,
            Identity = identity,
            LeaseDuration = TimeSpan.FromSeconds(6),
            RenewDeadline = TimeSpan.FromSeconds(3),
            RetryPeriod = TimeSpan.FromSeconds(0.5),
        };
        var elector = new LeaderElector(client, options, TimeProvider.System, new Random(1), NullLogger.Instance);
        return elector.RunAsync((stop, lost) => LeadAsync(identity, stop, lost), stopping);
    }

    private async Task LeadAsync(string identity, CancellationToken stop, CancellationToken lost)
    {
        lock (_gate)
        {
            _leaders.Add(identity);
            _history.Add(identity);
            _twoAtOnce |= _leaders.Count > 1;
        }

        var ended = new TaskCompletionSource();
        await using var onStop = stop.Register(() => ended.TrySetResult());
        await using var onLost = lost.Register(() => ended.TrySetResult());
        await ended.Task;
        lock (_gate)
        {
            _leaders.Remove(identity);
        }
    }

    private Task LeaderAsync(string identity) => Eventually.HoldsAsync(
        () =>
        {
            lock (_gate)
            {
                return _leaders is [var only] && only == identity;
            }
        },
        Patience, $"{identity} leads", Token);
}
