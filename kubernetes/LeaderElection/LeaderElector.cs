using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Health;
using SentryOtel.Kubernetes.Metrics;

namespace SentryOtel.Kubernetes.LeaderElection;

/// <summary>
/// Leads while it holds a Lease. Leadership ends, by our monotonic clock, RenewDeadline after the last successful renewal
/// was <em>sent</em>; others may take over LeaseDuration after they saw it, which is later. That tolerates any clock skew
/// and rates that differ by less than LeaseDuration / RenewDeadline. It is no fence: a request in flight may still arrive.
/// </summary>
public sealed class LeaderElector
{
    internal const double JitterFactor = 1.2;

    // A watchdog must not fire before the elector itself had the chance to end the process.
    private static readonly TimeSpan WatchdogTolerance = TimeSpan.FromSeconds(20);

    private readonly LeaderElectionOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly RuntimeMetrics? _metrics;
    private readonly LeaseLock _lock;
    private volatile bool _leading;
    private string? _reportedHolder;

    /// <summary>Prepares an elector.</summary>
    /// <param name="client">
    /// A client of its own, so that a flood of other requests can not delay a renewal.
    /// </param>
    /// <param name="options">The lease and its times; validated here.</param>
    /// <param name="timeProvider">The clock; only its monotonic timestamps decide.</param>
    /// <param name="random">Jitter of attempts to acquire.</param>
    /// <param name="logger">Changes of the leader are told here.</param>
    /// <param name="metrics">leader_election_*; may be null.</param>
    /// <exception cref="ArgumentException">The times do not fit each other.</exception>
    public LeaderElector(
        IKubernetesClient client, LeaderElectionOptions options, TimeProvider timeProvider, Random random, ILogger logger, RuntimeMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _time = timeProvider;
        _random = random;
        _logger = logger;
        _metrics = metrics;
        _lock = new LeaseLock(client, options, timeProvider, logger, metrics);
        SetStatus(leading: false);
        metrics?.LeaderSlowpath.Add(0, new KeyValuePair<string, object?>("name", options.LeaseName));
    }

    /// <summary>Whether we lead at this moment.</summary>
    public bool IsLeader => _leading && _time.GetElapsedTime(_lock.RenewedAt) < _options.RenewDeadline;

    /// <summary>Who holds the lease, as last seen; null for nobody.</summary>
    public string? Holder => _lock.Holder;

    private string Lease => $"{_options.LeaseNamespace}/{_options.LeaseName}";

    /// <summary>
    /// Waits to become the leader, runs <paramref name="lead"/> and keeps the lease until that has ended, then releases
    /// it. <paramref name="lead"/> runs beside the renewals and can not delay them; its first token asks it to stop, its
    /// second says that the lease is lost and nothing more may be done.
    /// </summary>
    /// <exception cref="LeaderElectionLostException">The lease was lost; <paramref name="lead"/> has been told, and is not waited for.</exception>
    public async Task RunAsync(Func<CancellationToken, CancellationToken, Task> lead, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(lead);
        if (!await TryAcquireAsync(stopping).ConfigureAwait(false))
        {
            return;
        }

        SetStatus(leading: true);
        Log.Leading(_logger, Lease, _options.Identity);
        using var lost = new CancellationTokenSource();
        var work = Task.Run(() => lead(stopping, lost.Token), CancellationToken.None);
        var cause = await RenewUntilAsync(work).ConfigureAwait(false);
        SetStatus(leading: false);
        if (cause is not null)
        {
            Log.Lost(_logger, Lease, cause);
            // Its end is nobody's concern any more, nor are its errors: what it does is void.
            _ = work.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            await lost.CancelAsync().ConfigureAwait(false);
            throw new LeaderElectionLostException(Lease, cause);
        }

        if (_options.ReleaseOnCancel)
        {
            await ReleaseAsync().ConfigureAwait(false);
        }

        await work.ConfigureAwait(false);
    }

    /// <summary>Liveness: unhealthy when we claim to lead and have not renewed for a lease's duration and some tolerance.</summary>
    public HealthCheckResult Check() =>
        _leading && _time.GetElapsedTime(_lock.RenewedAt) is var age && age > _options.LeaseDuration + WatchdogTolerance
            ? HealthCheckResult.Unhealthy($"leading {Lease} without a renewal for {age}")
            : HealthCheckResult.Healthy;

    private async Task<bool> TryAcquireAsync(CancellationToken stopping)
    {
        Log.Acquiring(_logger, Lease, _options.Identity);
        try
        {
            while (true)
            {
                if (await AttemptAsync(RequestTimeout, stopping).ConfigureAwait(false) == LeaseAttempt.Held)
                {
                    return true;
                }

                await Task.Delay(_options.RetryPeriod * (1 + (JitterFactor * NextDouble())), _time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Renews until the work has ended (null) or the lease is lost (how).</summary>
    private async Task<string?> RenewUntilAsync(Task work)
    {
        while (true)
        {
            var left = TimeLeft();
            if (left <= TimeSpan.Zero)
            {
                return $"not renewed for {_options.RenewDeadline}";
            }

            using var pause = new CancellationTokenSource();
            var delay = Task.Delay(left < _options.RetryPeriod ? left : _options.RetryPeriod, _time, pause.Token);
            if (await Task.WhenAny(work, delay).ConfigureAwait(false) == work)
            {
                await pause.CancelAsync().ConfigureAwait(false);
                return null;
            }

            left = TimeLeft();
            if (left > TimeSpan.Zero
                && await AttemptAsync(left < RequestTimeout ? left : RequestTimeout, CancellationToken.None).ConfigureAwait(false) == LeaseAttempt.HeldByOther)
            {
                return $"taken by {Holder}";
            }
        }
    }

    private TimeSpan TimeLeft() => _options.RenewDeadline - _time.GetElapsedTime(_lock.RenewedAt);

    /// <summary>A request that hangs must leave time for another.</summary>
    private TimeSpan RequestTimeout =>
        _options.RenewDeadline / 2 > TimeSpan.FromSeconds(1) ? _options.RenewDeadline / 2 : TimeSpan.FromSeconds(1);

    private async Task<LeaseAttempt> AttemptAsync(TimeSpan timeout, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            var attempt = await _lock.TryAcquireOrRenewAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            ReportHolder();
            return attempt;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Log.AttemptFailed(_logger, exception, Lease);
            return LeaseAttempt.Failed;
        }
    }

    private async Task ReleaseAsync()
    {
        // Bounded, and with a clock of its own: the process is on its way out, and the lease runs out in any case.
        using var deadline = new CancellationTokenSource(_options.RenewDeadline, _time);
        try
        {
            for (var attempt = 0; attempt < 3; attempt++)
            {
                if (await _lock.TryReleaseAsync(deadline.Token).ConfigureAwait(false))
                {
                    Log.Released(_logger, Lease);
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            Log.ReleaseFailed(_logger, exception, Lease);
        }
    }

    private void ReportHolder()
    {
        if (Holder != _reportedHolder)
        {
            _reportedHolder = Holder;
            Log.NewLeader(_logger, Lease, Holder);
        }
    }

    private void SetStatus(bool leading)
    {
        _leading = leading;
        _metrics?.LeaderMasterStatus.Record(leading ? 1 : 0, new KeyValuePair<string, object?>("name", _options.LeaseName));
    }

    private double NextDouble()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }
}
