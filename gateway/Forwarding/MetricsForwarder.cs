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
    private readonly IMetricsTransport _transport;
    private readonly bool _gzip;
    private readonly QueueConfiguration _limits;
    private readonly Admission _admission;
    private readonly AttemptObserver _attempts;
    private readonly TimeProvider _timeProvider;
    private readonly MonotonicClock _clock;
    private readonly LogThrottle _throttle;
    private readonly ILogger _logger;
    private readonly SendGate _sending;
    private readonly Lock _gate = new();
    private readonly LinkedList<ForwardEntry> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private TaskCompletionSource _idle = Completed();
    private long _bytes;
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
        _transport = transport;
        _gzip = exporter.MetricsForwarding?.Gzip ?? true;
        _limits = exporter.Queue;
        _admission = admission;
        _attempts = attempts;
        _timeProvider = timeProvider;
        _clock = new MonotonicClock(timeProvider);
        _throttle = new LogThrottle(timeProvider);
        _logger = logger;
        _sending = new SendGate(new Backoff(exporter.Retry, random));
        Account = accounts.Of(exporter.Id, OtlpSignal.Metrics, ProjectName);
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
            return HasRoomLocked(bytes);
        }
    }

    /// <summary>How long nothing is sent still.</summary>
    public TimeSpan HeldFor => Read().HeldFor;

    /// <summary>Takes a request and books it; false when there is no room, and the lease stays the caller's.</summary>
    public bool TryEnqueue(BufferLease request, int points)
    {
        lock (_gate)
        {
            if (!HasRoomLocked(request.Memory.Length))
            {
                return false;
            }

            var entry = new ForwardEntry(request, points, _clock.Now);
            Account.Accept(points, entry.Bytes, _clock.Now);
            _waiting.AddLast(entry);
            _bytes += entry.Bytes;
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
            return new QueueState(
                Account.Read().Queued, _bytes, _inFlight, _waiting.First?.Value.Since, _sending.Hold, Max(_sending.PausedUntil - _clock.Now, TimeSpan.Zero), false);
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
        long points = 0;
        lock (_gate)
        {
            _stopped = true;
            while (_waiting.First is { } first)
            {
                points += first.Value.Points;
                DropLocked(first, DropReason.Shutdown);
            }
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

    private bool HasRoomLocked(long bytes) => !_stopped && (_bytes == 0 || bytes <= _limits.MaxBytesPerProject - _bytes);

    private void Pump()
    {
        lock (_gate)
        {
            PumpLocked();
        }
    }

    private void PumpLocked()
    {
        while (_waiting.First is { } old && _clock.Now - old.Value.Since >= _limits.MaxAge)
        {
            DropLocked(old, DropReason.Expired);
        }

        // A destination that fails is asked with one request at a time.
        while (!_stopped && _waiting.First is { } first && _inFlight < (_sending.IsFailing ? 1 : _limits.ConsumersPerProject) && _sending.PausedUntil <= _clock.Now)
        {
            _waiting.RemoveFirst();
            if (_inFlight++ == 0)
            {
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            var entry = first.Value;
            var started = _clock.Now;
            _ = Task.Run(() => ForwardAsync(entry, started));
        }

        var due = _waiting.First is not { } next ? Timeout.InfiniteTimeSpan
            : Max(Min(_sending.PausedUntil > _clock.Now ? _sending.PausedUntil : TimeSpan.MaxValue, next.Value.Since + _limits.MaxAge) - _clock.Now, TimeSpan.Zero);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private async Task ForwardAsync(ForwardEntry entry, TimeSpan started)
    {
        var before = entry.Bytes;
        var result = await AttemptAsync(entry);
        var outcome = result.Outcome;
        var rejected = Math.Min(result.Rejected, entry.Points);
        Account.Attempt(outcome.Kind, entry.Attempts > 1, FailureOf(outcome));
        Tell(entry, outcome, rejected);
        lock (_gate)
        {
            _bytes += entry.Bytes - before;
            Settle(entry, outcome, rejected, started);
            if (--_inFlight == 0)
            {
                _idle.TrySetResult();
            }

            PumpLocked();
        }
    }

    private async Task<ForwardOutcome> AttemptAsync(ForwardEntry entry)
    {
        entry.Attempts++;
        try
        {
            var body = entry.Seal(_gzip, _admission);
            using var attempt = _attempts.Start(_exporter, OtlpSignal.Metrics, ProjectName, entry.Points, body.Length, entry.Attempts);
            var result = await _transport.SendAsync(body, _gzip, _stop.Token);
            attempt.End(result.Outcome);
            return result;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return new ForwardOutcome(SendOutcome.Cancelled);
        }
        catch (Exception exception)
        {
            // Whatever it was, the data must come back to the queue.
            if (_throttle.TryPass(exception.GetType().Name, out var suppressed))
            {
                Log.AttemptThrew(_logger, exception, _exporter, entry.Points, suppressed);
            }

            return new ForwardOutcome(SendOutcome.NoAnswer(exception.GetType().Name));
        }
    }

    private AttemptFailure? FailureOf(SendOutcome outcome) => outcome.Kind is SendOutcomeKind.Sent or SendOutcomeKind.Cancelled
        ? null
        : new AttemptFailure(_timeProvider.GetUtcNow(), outcome.Kind, outcome.Status, outcome.Message);

    private void Tell(ForwardEntry entry, SendOutcome outcome, long rejected)
    {
        if (outcome.Kind is not (SendOutcomeKind.Sent or SendOutcomeKind.Cancelled) && _throttle.TryPass(outcome.Kind.Name(), out var suppressed))
        {
            Log.AttemptFailed(_logger, _exporter, entry.Points, outcome.Kind.Name(), outcome.Status, outcome.Message, suppressed);
        }

        if (rejected > 0 && _throttle.TryPass("partial_success", out suppressed))
        {
            Log.PartlyRejected(_logger, _exporter, rejected, entry.Points, outcome.Message, suppressed);
        }
    }

    private void Settle(ForwardEntry entry, SendOutcome outcome, long rejected, TimeSpan started)
    {
        switch (outcome.Kind)
        {
            case SendOutcomeKind.Sent:
                _sending.Recover();
                Account.Send(entry.Points - rejected, entry.Bytes);
                if (rejected > 0)
                {
                    Account.Drop(DropReason.PartialSuccess, rejected, 0);
                }

                Release(entry);
                break;
            case SendOutcomeKind.Transient:
                _sending.Fail(_clock.Now, started, outcome.RetryAfter);
                entry.FirstFailure ??= _clock.Now;
                if (!_sending.Retries || !_sending.MayRetry(entry.FirstFailure.Value))
                {
                    Drop(entry, _sending.Retries ? DropReason.RetriesExhausted : DropReason.RetryDisabled);
                    break;
                }

                PutBack(entry);
                break;
            case SendOutcomeKind.Cancelled:
                PutBack(entry);
                break;
            default:
                _sending.Recover();
                Drop(entry, outcome.Kind switch
                {
                    SendOutcomeKind.TooLarge => DropReason.TooLarge,
                    SendOutcomeKind.Invalid => DropReason.Invalid,
                    _ => DropReason.Refused,
                });
                break;
        }
    }

    private void PutBack(ForwardEntry entry)
    {
        if (_stopped)
        {
            Drop(entry, DropReason.Shutdown);
        }
        else
        {
            _waiting.AddFirst(entry);
        }
    }

    private void DropLocked(LinkedListNode<ForwardEntry> node, DropReason reason)
    {
        _waiting.Remove(node);
        Drop(node.Value, reason);
    }

    private void Drop(ForwardEntry entry, DropReason reason)
    {
        Account.Drop(reason, entry.Points, entry.Bytes);
        Release(entry);
    }

    private void Release(ForwardEntry entry)
    {
        _bytes -= entry.Bytes;
        entry.Dispose();
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
