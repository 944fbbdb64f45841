using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>
/// Passes metrics on unchanged to one destination, each request as it came, in order as far as several on the way at a time allow. Its queue is bounded in bytes and age, and
/// its pauses are its own.
/// </summary>
internal sealed class MetricsForwarder : IDisposable
{
    /// <summary>Stands for the destination where others have a project's slug, which never starts so.</summary>
    public const string ProjectName = "_forward_to";

    private readonly string _exporter;
    private readonly ForwardAttempts _attempts;
    private readonly ForwardQueue _queue;
    private readonly MonotonicClock _clock;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly SendGate _sending;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private QueueConfiguration _limits;
    private TaskCompletionSource _idle = new();
    private bool _gzip;
    private int _inFlight;
    private bool _stopped;

    /// <param name="exporter">The exporter, for its bounds and its retries.</param>
    /// <param name="transport">Makes the attempts.</param>
    /// <param name="accounts">Where data points are booked.</param>
    /// <param name="admission">Accounts for compressed bodies.</param>
    /// <param name="attempts">Takes the time of attempts.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="random">For the jitter.</param>
    /// <param name="logger">Where failures are told.</param>
    public MetricsForwarder(
        ExporterConfiguration exporter,
        IMetricsTransport transport,
        Accounts accounts,
        Admission admission,
        AttemptObserver attempts,
        TimeProvider timeProvider,
        Random random,
        ILogger logger)
    {
        _exporter = exporter.Id;
        _random = random;
        _logger = logger;
        _limits = exporter.Queue;
        _gzip = exporter.MetricsForwarding?.Gzip ?? true;
        _clock = new MonotonicClock(timeProvider);
        _sending = new SendGate(new Backoff(exporter.Retry, random));
        Account = accounts.Of(exporter.Id, OtlpSignal.Metrics, ProjectName);
        _queue = new ForwardQueue(Account, _clock);
        _attempts = new ForwardAttempts(exporter.Id, transport, Account, admission, attempts, timeProvider, logger);
        _idle.SetResult();
        _timer = _clock.CreateTimer(Pump);
    }

    /// <summary>The books.</summary>
    public ProjectAccount Account { get; }

    /// <summary>By the clock of <see cref="Read"/>.</summary>
    public TimeSpan Now => _clock.Now;

    /// <summary>Whether a request may be added now.</summary>
    public bool HasRoom(long bytes)
    {
        lock (_gate)
        {
            return _queue.HasRoom(bytes, _limits.MaxBytesPerProject);
        }
    }

    /// <summary>How long nothing is sent still.</summary>
    public TimeSpan HeldFor => Read().HeldFor;

    /// <summary>Keeps to other bounds, retries and compression from now on. What waits, waits under them.</summary>
    public void Apply(ExporterConfiguration exporter)
    {
        lock (_gate)
        {
            _limits = exporter.Queue;
            _gzip = exporter.MetricsForwarding?.Gzip ?? _gzip;
            _sending.Backoff = new Backoff(exporter.Retry, _random);
            PumpLocked();
        }
    }

    /// <summary>Takes a request and books it; false when there is no room, and the lease stays the caller's.</summary>
    public bool TryEnqueue(BufferLease request, int points)
    {
        lock (_gate)
        {
            if (!_queue.HasRoom(request.Memory.Length, _limits.MaxBytesPerProject))
            {
                return false;
            }

            _queue.Add(request, points);
            PumpLocked();
            return true;
        }
    }

    /// <summary>Completes when nothing is on the way.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _idle.Task;
        }
    }

    /// <summary>The queue at one moment.</summary>
    public QueueState Read()
    {
        lock (_gate)
        {
            var held = _sending.PausedUntil - _clock.Now;
            return new QueueState(Account.Read().Queued, _queue.Bytes, _inFlight, _queue.First?.Since, _sending.Hold, held > TimeSpan.Zero ? held : TimeSpan.Zero, false);
        }
    }

    /// <summary>The queue as metrics show it.</summary>
    public QueueReading Reading()
    {
        var state = Read();
        var age = state.Oldest is { } oldest ? _clock.Now - oldest : TimeSpan.Zero;
        return new QueueReading(_exporter, OtlpSignal.Metrics, ProjectName, state.Bytes, state.InFlight, age, state.Hold, state.HeldFor);
    }

    /// <summary>Sends what waits, for as long as the token lets it; then drops the rest.</summary>
    public async Task DrainAsync(CancellationToken giveUp)
    {
        while (!giveUp.IsCancellationRequested && !Read().IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _stop.CancelAsync();
        long points;
        lock (_gate)
        {
            _stopped = true;
            points = _queue.Stop();
        }

        await WhenIdleAsync();
        if (points > 0)
        {
            Log.DroppedAtShutdown(_logger, _exporter, points);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _timer.Dispose();
        _stop.Dispose();
    }

    private void Pump()
    {
        lock (_gate)
        {
            PumpLocked();
        }
    }

    private void PumpLocked()
    {
        _queue.Expire(_limits.MaxAge);

        // A destination that fails is asked with one request at a time.
        while (!_stopped && _queue.First is not null && _inFlight < (_sending.IsFailing ? 1 : _limits.ConsumersPerProject) && _sending.PausedUntil <= _clock.Now)
        {
            if (_inFlight++ == 0)
            {
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            var (entry, started) = (_queue.Take(), _clock.Now);
            _ = Task.Run(() => ForwardAsync(entry, started));
        }

        _timer.Change(UntilDueLocked(), Timeout.InfiniteTimeSpan);
    }

    // What is first goes when the pause is over, or expires.
    private TimeSpan UntilDueLocked()
    {
        if (_queue.First is not { } first)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var expires = first.Since + _limits.MaxAge;
        var due = _sending.PausedUntil > _clock.Now && _sending.PausedUntil < expires ? _sending.PausedUntil : expires;
        return due > _clock.Now ? due - _clock.Now : TimeSpan.Zero;
    }

    private async Task ForwardAsync(ForwardEntry entry, TimeSpan started)
    {
        var before = entry.Bytes;
        var result = await _attempts.MakeAsync(entry, _gzip, _stop.Token);
        lock (_gate)
        {
            _queue.Resized(entry, before);
            SettleLocked(entry, result, started);
            if (--_inFlight == 0)
            {
                _idle.TrySetResult();
            }

            PumpLocked();
        }
    }

    private void SettleLocked(ForwardEntry entry, ForwardOutcome result, TimeSpan started)
    {
        var outcome = result.Outcome;
        switch (outcome.Kind)
        {
            case SendOutcomeKind.Sent:
                _sending.Recover();
                _queue.Arrived(entry, result.Rejected);
                break;
            case SendOutcomeKind.Transient:
                _sending.Fail(_clock.Now, started, outcome.RetryAfter);
                entry.FirstFailure ??= _clock.Now;
                if (_sending.Retries && _sending.MayRetry(entry.FirstFailure.Value))
                {
                    _queue.PutBack(entry);
                }
                else
                {
                    _queue.Drop(entry, _sending.Retries ? DropReason.RetriesExhausted : DropReason.RetryDisabled);
                }

                break;
            case SendOutcomeKind.Cancelled:
                _queue.PutBack(entry);
                break;
            default:
                _sending.Recover();
                _queue.Drop(entry, outcome.Kind switch
                {
                    SendOutcomeKind.TooLarge => DropReason.TooLarge,
                    SendOutcomeKind.Invalid => DropReason.Invalid,
                    _ => DropReason.Refused,
                });
                break;
        }
    }
}
