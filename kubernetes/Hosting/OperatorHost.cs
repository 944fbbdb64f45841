using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Kubernetes.Health;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.LeaderElection;
using SentryOtel.Kubernetes.Metrics;

namespace SentryOtel.Kubernetes.Hosting;

/// <summary>
/// Runs an operator (controller-runtime's manager). Starts: probes and metrics, informers, what standbys run too, leader
/// election, controllers. Stops in reverse: controllers drain, the lease is released, informers end, events are flushed,
/// probes answer to the last. Whatever fails stops the host; a lost lease leaves no grace.
/// </summary>
public sealed class OperatorHost : IAsyncDisposable
{
    // For requests that probes and scrapers have sent already.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly OperatorHostOptions _options;
    private readonly ILogger _logger;
    private readonly MetricsExposition _exposition;
    private readonly RuntimeMetrics _metrics;
    private readonly IReadOnlyList<IInformer> _informers;
    private readonly List<HealthServer> _servers = [];
    private readonly RunnableGroup _recording;
    private readonly RunnableGroup _caches;
    private readonly RunnableGroup _always;
    private readonly RunnableGroup _leading;
    private readonly LeaderElector? _elector;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _graceTimer;
    private int _started;

    internal OperatorHost(
        OperatorHostOptions options, HealthChecks health, MetricsExposition exposition, RuntimeMetrics metrics, EventRecorder events,
        IReadOnlyList<IInformer> informers, IReadOnlyList<IController> controllers, IReadOnlyList<IRunnable> runnables)
    {
        _options = options;
        _logger = options.LoggerFactory.CreateLogger<OperatorHost>();
        _exposition = exposition;
        _metrics = metrics;
        _informers = informers;
        _recording = Group("events", [new Runnable("event recorder", events.RunAsync)]);
        _caches = Group("informers", informers.Select(informer => new Runnable(informer.Description, (stopping, _) => informer.RunAsync(stopping))));
        _always = Group("runnables", Runnables(controllers, runnables, needsLeaderElection: false));
        _leading = Group("leader-only runnables", Runnables(controllers, runnables, needsLeaderElection: true));
        if (options.LeaderElection is { } election)
        {
            _elector = new LeaderElector(
                options.LeaderElectionClient!, election, options.TimeProvider, options.Random, options.LoggerFactory.CreateLogger<LeaderElector>(), metrics);
        }

        AddChecks(health, controllers);
        AddServers(health);
    }

    /// <summary>True while this instance leads (always, without leader election, once started).</summary>
    public bool IsLeader { get; private set; }

    /// <summary>Where the probes are served; null before the start or when nowhere.</summary>
    public Uri? HealthAddress => _servers.FirstOrDefault(static server => server.Name == "health probes")?.Address;

    /// <summary>Where /metrics is served; null before the start or when nowhere.</summary>
    public Uri? MetricsAddress => _servers.FirstOrDefault(static server => server.Name == "metrics")?.Address;

    /// <summary>Runs until <paramref name="stopping"/> is cancelled or something fails. It does not throw. Once only.</summary>
    public async Task<OperatorHostResult> RunAsync(CancellationToken stopping)
    {
        if (Interlocked.Exchange(ref _started, 1) == 1)
        {
            throw new InvalidOperationException("A host runs once.");
        }

        Exception? failure;
        try
        {
            failure = await StartAndWaitAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            failure = null;
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (failure is not null)
        {
            Log.Stopping(_logger, failure, failure.Message);
        }

        failure = await StopAsync(failure).ConfigureAwait(false);
        Log.Stopped(_logger, failure is null ? 0 : 1);
        return new OperatorHostResult(failure);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var group in new[] { _leading, _always, _caches, _recording })
        {
            await group.DisposeAsync().ConfigureAwait(false);
        }

        _abort.Dispose();
        _exposition.Dispose();
        _metrics.Dispose();
    }

    private async Task<Exception?> StartAndWaitAsync(CancellationToken stopping)
    {
        foreach (var server in _servers)
        {
            await server.StartAsync(stopping).ConfigureAwait(false);
        }

        _recording.Start(_abort.Token);
        _caches.Start(_abort.Token);
        await WaitForCachesAsync(stopping).ConfigureAwait(false);
        _always.Start(_abort.Token);
        await LeadAsync(stopping).ConfigureAwait(false);
        return _failed.Task.IsCompleted ? await _failed.Task.ConfigureAwait(false) : null;
    }

    private async Task WaitForCachesAsync(CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_options.CacheSyncTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        var synced = Task.WhenAll(_informers.Select(informer => informer.WaitForSyncAsync(either.Token)));
        if (await Task.WhenAny(synced, _failed.Task).ConfigureAwait(false) == _failed.Task)
        {
            throw await _failed.Task.ConfigureAwait(false);
        }

        try
        {
            await synced.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var late = string.Join(", ", _informers.Where(static informer => !informer.HasSynced).Select(static informer => informer.Description));
            throw new OperatorHostException(
                $"No complete list within {_options.CacheSyncTimeout} of: {late}. Are the custom resources installed and the permissions to list and watch granted?");
        }

        Log.CachesSynced(_logger, _informers.Count);
    }

    /// <summary>Leads until asked to stop, or until something fails. The leader's work has ended then, unless the lease was lost.</summary>
    private async Task LeadAsync(CancellationToken stopping)
    {
        if (_elector is null)
        {
            await LeadUntilAsync(stopping, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var election = _elector.RunAsync(LeadUntilAsync, ending.Token);
        // A standby that fails must end too, although it never leads.
        if (await Task.WhenAny(election, _failed.Task).ConfigureAwait(false) == _failed.Task)
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            await election.ConfigureAwait(false);
        }
        catch (LeaderElectionLostException lost)
        {
            IsLeader = false;
            await _abort.CancelAsync().ConfigureAwait(false);
            _failed.TrySetResult(lost);
        }
    }

    private async Task LeadUntilAsync(CancellationToken stopping, CancellationToken lost)
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, lost);
        IsLeader = true;
        _leading.Start(abort.Token);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, lost);
        await Task.WhenAny(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token), _failed.Task).ConfigureAwait(false);
        BeginGrace();
        await _leading.StopAsync(abort.Token).ConfigureAwait(false);
        IsLeader = false;
    }

    /// <summary>From now on a stop may take its time, and no more.</summary>
    private void BeginGrace()
    {
        if (!_abort.IsCancellationRequested)
        {
            _graceTimer ??= _options.TimeProvider.CreateTimer(
                static state => ((CancellationTokenSource)state!).Cancel(), _abort, _options.GracefulShutdownTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<Exception?> StopAsync(Exception? failure)
    {
        BeginGrace();
        await _leading.StopAsync(_abort.Token).ConfigureAwait(false);
        await _always.StopAsync(_abort.Token).ConfigureAwait(false);
        await _caches.StopAsync(_abort.Token).ConfigureAwait(false);
        await _recording.StopAsync(_abort.Token).ConfigureAwait(false);
        if (_abort.IsCancellationRequested && failure is null)
        {
            failure = new OperatorHostException($"The stop took longer than {_options.GracefulShutdownTimeout}; what still ran was cancelled.");
        }

        using var answering = new CancellationTokenSource(LastAnswers, _options.TimeProvider);
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.StopAsync(answering.Token).ConfigureAwait(false);
        }

        if (_graceTimer is not null)
        {
            await _graceTimer.DisposeAsync().ConfigureAwait(false);
        }

        return failure;
    }

    private RunnableGroup Group(string name, IEnumerable<Runnable> runnables) =>
        new(name, [.. runnables], _logger, (runnable, exception) =>
            _failed.TrySetResult(new OperatorHostException($"{runnable} failed: {exception.Message}", exception)));

    private static IEnumerable<Runnable> Runnables(
        IReadOnlyList<IController> controllers, IReadOnlyList<IRunnable> runnables, bool needsLeaderElection) =>
        [
            .. controllers.Where(controller => controller.NeedsLeaderElection == needsLeaderElection)
                .Select(controller => new Runnable("controller " + controller.Name, controller.RunAsync)),
            .. runnables.Where(runnable => runnable.NeedsLeaderElection == needsLeaderElection).Select(Runnable.Of),
        ];

    private void AddChecks(HealthChecks health, IReadOnlyList<IController> controllers)
    {
        // Standbys are ready as well, or else a rolling update of two replicas would wait for ever.
        health.AddReadiness("informer-sync", () =>
            _informers.FirstOrDefault(static informer => !informer.HasSynced) is { } late
                ? HealthCheckResult.Unhealthy($"{late.Description} has not been listed yet")
                : HealthCheckResult.Healthy);
        if (_elector is not null)
        {
            health.AddLiveness("leader-election", _elector.Check);
        }

        foreach (var controller in controllers)
        {
            health.AddLiveness("controller-" + controller.Name, controller.Check);
        }
    }

    private void AddServers(HealthChecks health)
    {
        if (BindAddress.Parse(_options.HealthProbeBindAddress) is { } probes)
        {
            _servers.Add(new HealthServer("health probes", probes, endpoints => endpoints.MapHealth(health), _options.LoggerFactory));
        }

        if (BindAddress.Parse(_options.MetricsBindAddress) is { } metrics)
        {
            _servers.Add(new HealthServer("metrics", metrics, endpoints => endpoints.MapMetrics(_exposition), _options.LoggerFactory));
        }
    }
}
