using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Queueing;

/// <summary>
/// What of a queue is sealed: the batches that wait for their turn, in order, and those on the way; and what their attempts say of the project. Guarded by the
/// queue's lock.
/// </summary>
internal sealed class OutgoingBatches(
    RouteTarget target, IngestSignal signal, Backoff backoff, QueueBytes bytes, RateLimitStore rateLimits, MonotonicClock clock)
{
    private readonly LinkedList<SealedBatch> _ready = new();
    private readonly SendGate _gate = new(backoff);
    private long _inFlightItems;
    private bool _stopped;

    /// <summary>Where the data goes now.</summary>
    public RouteTarget Target { get; private set; } = target;

    /// <summary>How the pauses after failures grow.</summary>
    public Backoff Backoff
    {
        set => _gate.Backoff = value;
    }

    /// <summary>True while the last attempts failed.</summary>
    public bool IsFailing => _gate.IsFailing;

    /// <summary>Batches on the way.</summary>
    public int InFlight { get; private set; }

    /// <summary>Nothing waits and nothing is on the way.</summary>
    public bool IsEmpty => _ready.Count == 0 && InFlight == 0;

    /// <summary>Spans or log records, waiting and on the way.</summary>
    public long Items => _ready.Sum(static batch => (long)batch.Items) + _inFlightItems;

    /// <summary>When the oldest of what waits was accepted.</summary>
    public TimeSpan? OldestSince => _ready.First?.Value.Since;

    /// <summary>Why nothing is sent, if so.</summary>
    public HoldReason Hold => Limit is not null ? HoldReason.RateLimited : _gate.Hold;

    /// <summary>For how long still nothing is sent.</summary>
    public TimeSpan HeldFor => Limit?.Remaining ?? Max(_gate.PausedUntil - clock.Now, TimeSpan.Zero);

    /// <summary>The limit of Sentry's in force, if one is.</summary>
    public ActiveLimit? Limit => rateLimits.GetLimit(Target.PublicKey, Target.Organization, signal);

    private TimeSpan LimitedFor => rateLimits.GetDelay(Target.PublicKey, Target.Organization, signal);

    private TimeSpan SendableAt => Max(_gate.PausedUntil, LimitedFor is var limited && limited > TimeSpan.Zero ? clock.Now + limited : TimeSpan.Zero);

    /// <summary>When there is something to send or to give up next; null while there is nothing.</summary>
    public TimeSpan? NextDue(QueueLimits limits)
    {
        if (_ready.First is not { } first)
        {
            return null;
        }

        var expiry = first.Value.Since + limits.MaxAge;
        return MaySend(limits) ? Min(expiry, SendableAt) : expiry;
    }

    /// <summary>The batch that is to be sent now; null when none is.</summary>
    public SealedBatch? Next(QueueLimits limits) =>
        _ready.First is { } first && MaySend(limits) && SendableAt <= clock.Now ? first.Value : null;

    /// <summary>Hands out the batch that is to be sent now; null when none is. <see cref="Completed"/> or <see cref="Replaced"/> follows.</summary>
    public SealedBatch? TryTake(QueueLimits limits)
    {
        if (Next(limits) is not { } batch)
        {
            return null;
        }

        _ready.RemoveFirst();
        InFlight++;
        _inFlightItems += batch.Items;
        return batch;
    }

    /// <summary>Adds a batch behind the others.</summary>
    public void Add(SealedBatch batch) => Put(batch, first: false);

    /// <summary>Takes note of what Sentry said to a batch that was handed out.</summary>
    public void Completed(QueueWork work, SendOutcome outcome)
    {
        var batch = work.Batch!;
        Land(batch);
        switch (outcome.Kind)
        {
            case SendOutcomeKind.Sent:
                _gate.Recover();
                batch.Account.Send(batch.Items, batch.Body.Length);
                batch.Dispose();
                break;
            case SendOutcomeKind.RateLimited:
                // The limit itself is in the store; what failed is nothing.
                _gate.Recover();
                Put(batch, first: true);
                break;
            case SendOutcomeKind.Cancelled:
                Put(batch, first: true);
                break;
            case SendOutcomeKind.ProjectRejected:
                Refused(HoldReason.ProjectRejected, batch, work);
                break;
            case SendOutcomeKind.Forbidden:
                Refused(HoldReason.Forbidden, batch, work);
                break;
            case SendOutcomeKind.Transient:
                Retry(batch, outcome.RetryAfter, work.Started);
                break;
            default:
                batch.Drop(DropReason.Refused);
                break;
        }
    }

    /// <summary>Puts the parts of a batch that was cut in its place; <paramref name="dropped"/> when it was not cut any more.</summary>
    public void Replaced(SealedBatch batch, IReadOnlyList<SealedBatch> parts, DropReason? dropped)
    {
        Land(batch);
        _gate.Recover();
        if (dropped is { } reason)
        {
            batch.Drop(reason);
            return;
        }

        batch.Dispose();
        foreach (var part in parts.Reverse())
        {
            Put(part, first: true);
        }
    }

    /// <summary>Drops what waited too long.</summary>
    public void DropExpired(QueueLimits limits)
    {
        while (_ready.First is { } first && clock.Now - first.Value.Since >= limits.MaxAge)
        {
            Remove()!.Drop(LimitedFor > TimeSpan.Zero ? DropReason.RateLimited : _gate.Hold switch
            {
                HoldReason.ProjectRejected => DropReason.ProjectRejected,
                HoldReason.Forbidden => DropReason.Forbidden,
                _ => DropReason.Expired,
            });
        }
    }

    /// <summary>Takes the oldest of what waits out for good; null when nothing waits.</summary>
    public SealedBatch? Remove()
    {
        if (_ready.First is not { } first)
        {
            return null;
        }

        _ready.RemoveFirst();
        bytes.Add(-first.Value.Body.Length);
        return first.Value;
    }

    /// <summary>Drops what waits, and what comes back from being sent, as <see cref="DropReason.Shutdown"/>; says how many items are lost.</summary>
    public long Stop()
    {
        _stopped = true;
        long items = 0;
        while (Remove() is { } batch)
        {
            items += batch.Drop(DropReason.Shutdown);
        }

        return items;
    }

    /// <summary>Sends to another address or with another key from now on, which also ends a quarantine; false when they are the same.</summary>
    public bool Retarget(RouteTarget target)
    {
        if (Target == target)
        {
            return false;
        }

        Target = target;
        _gate.Readdress();
        return true;
    }

    /// <summary>Sends again, to where a look-up says; to an address that was refused not before Sentry may have forgotten that.</summary>
    public void Resume(RouteTarget target)
    {
        if (!Retarget(target))
        {
            _gate.Resume(clock.Now);
        }
    }

    /// <summary>Nothing is sent until <see cref="Resume"/>, or to a new address.</summary>
    public void Suspend() => _gate.Suspend();

    // A project that fails is asked with one request at a time.
    private bool MaySend(QueueLimits limits) => !_stopped && InFlight < (_gate.IsFailing ? 1 : limits.Concurrency);

    private void Land(SealedBatch batch)
    {
        InFlight--;
        _inFlightItems -= batch.Items;
        bytes.Add(-batch.Body.Length);
    }

    private void Put(SealedBatch batch, bool first)
    {
        if (_stopped)
        {
            batch.Drop(DropReason.Shutdown);
            return;
        }

        bytes.Add(batch.Body.Length);
        _ = first ? _ready.AddFirst(batch) : _ready.AddLast(batch);
    }

    private void Refused(HoldReason reason, SealedBatch batch, QueueWork work)
    {
        // An answer to the old address says nothing of the new one.
        if (work.Target == Target)
        {
            _gate.Refuse(reason, clock.Now);
        }

        Put(batch, first: true);
    }

    private void Retry(SealedBatch batch, TimeSpan asked, TimeSpan started)
    {
        _gate.Fail(clock.Now, started, asked);
        batch.FirstFailure ??= clock.Now;
        if (!_gate.Retries)
        {
            batch.Drop(DropReason.RetryDisabled);
        }
        else if (!_gate.MayRetry(batch.FirstFailure.Value))
        {
            batch.Drop(DropReason.RetriesExhausted);
        }
        else
        {
            Put(batch, first: true);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
