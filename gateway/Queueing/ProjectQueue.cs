using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Queueing;

/// <summary>
/// What waits for one project and signal, with its own bound, its own clock for retries and its own reasons to wait. Never does the
/// work itself: it says when there is some (<see cref="NextSeal"/>, <see cref="NextSend"/>) and hands it out.
/// </summary>
internal sealed class ProjectQueue
{
    private readonly Lock _gate = new();
    private readonly QueueBytes _bytes;
    private readonly UnsealedBatches _unsealed;
    private readonly OutgoingBatches _outgoing;
    private readonly MonotonicClock _clock;
    private volatile QueueLimits _limits;
    private bool _draining;
    private bool _stopped;
    private TimeSpan _lastUsed;

    public ProjectQueue(
        string name,
        OtlpSignal signal,
        RouteTarget target,
        QueueLimits limits,
        QueueRoom room,
        Backoff backoff,
        RateLimitStore rateLimits,
        MonotonicClock clock)
    {
        (Name, Signal, _limits, _clock, _lastUsed) = (name, signal, limits, clock, clock.Now);
        _bytes = new QueueBytes(room);
        _unsealed = new UnsealedBatches(room);
        _outgoing = new OutgoingBatches(
            target, signal == OtlpSignal.Logs ? IngestSignal.Logs : IngestSignal.Traces, backoff, _bytes, rateLimits, clock);
    }

    /// <summary>Names the project within its exporter; stays the same when the project is renamed or its key changes.</summary>
    public string Name { get; }

    public OtlpSignal Signal { get; }

    public QueueLimits Limits => _limits;

    /// <summary>The queue's place among the others; the scheduler's own.</summary>
    public QueueTurns Turns { get; } = new();

    /// <summary>Where the data goes now.</summary>
    public RouteTarget Target
    {
        get
        {
            lock (_gate)
            {
                return _outgoing.Target;
            }
        }
    }

    /// <summary>True while the project's last attempts failed: it may then hold only a part of the senders.</summary>
    public bool IsFailing
    {
        get
        {
            lock (_gate)
            {
                return _outgoing.IsFailing;
            }
        }
    }

    /// <summary>Takes data, unless the queue is full or stopped.</summary>
    /// <param name="data">Owned by the queue when it was taken.</param>
    /// <param name="isBooked">True for data that were accepted before, and waited elsewhere.</param>
    public bool TryEnqueue(QueuedData data, bool isBooked)
    {
        lock (_gate)
        {
            if (!HasRoomLocked(data.Bytes))
            {
                return false;
            }

            if (!isBooked)
            {
                data.Account.Accept(data.Items, data.Bytes, data.Since);
            }

            _lastUsed = _clock.Now;
            _unsealed.Add(data, Limits);
            _bytes.Add(data.Bytes);
            return true;
        }
    }

    /// <summary>Whether <see cref="TryEnqueue"/> would take so much now.</summary>
    public bool HasRoom(long bytes)
    {
        lock (_gate)
        {
            return HasRoomLocked(bytes);
        }
    }

    /// <summary>True for a queue that gave its place up: it takes nothing any more, and its project gets a new one.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Gives its place up when it is empty and nothing came for so long; false when it is still of use.</summary>
    public bool TryRetire(TimeSpan idle)
    {
        lock (_gate)
        {
            if (!_unsealed.IsEmpty || !_outgoing.IsEmpty || _stopped || _clock.Now - _lastUsed < idle)
            {
                return IsRetired;
            }

            return IsRetired = _stopped = true;
        }
    }

    /// <summary>When there is something to seal next; null while there is nothing.</summary>
    public TimeSpan? NextSeal()
    {
        lock (_gate)
        {
            return NextSealLocked();
        }
    }

    /// <summary>When there is something to send or to give up next; null while there is nothing.</summary>
    public TimeSpan? NextSend()
    {
        lock (_gate)
        {
            return _outgoing.NextDue(Limits);
        }
    }

    /// <summary>Bytes of what is to be sealed now; null when nothing is.</summary>
    public long? SealDue()
    {
        lock (_gate)
        {
            return IsSealDueLocked() ? _unsealed.NextBytes : null;
        }
    }

    /// <summary>Drops what waited too long. Gives the bytes of what is to be sent now; null when nothing is.</summary>
    public long? SendDue()
    {
        lock (_gate)
        {
            _outgoing.DropExpired(Limits);
            return _outgoing.Next(Limits)?.Body.Length;
        }
    }

    /// <summary>Hands out a batch to seal; null when none is due.</summary>
    public QueueWork? TryTakeSeal()
    {
        lock (_gate)
        {
            return IsSealDueLocked() ? new QueueWork(_unsealed.TakeToSeal() ?? _unsealed.TakeUnfilled(), null, _outgoing.Target, _clock.Now) : null;
        }
    }

    /// <summary>Hands out a batch that is full and that nobody seals; null when there is none.</summary>
    public OpenBatch? TryTakeFull()
    {
        lock (_gate)
        {
            return _unsealed.TakeToSeal();
        }
    }

    /// <summary>Hands out a batch to send; null when none is due.</summary>
    public QueueWork? TryTakeSend()
    {
        lock (_gate)
        {
            return _outgoing.TryTake(Limits) is { } batch ? new QueueWork(null, batch, _outgoing.Target, _clock.Now) : null;
        }
    }

    /// <summary>Takes back what became of a batch that was handed out to be sealed.</summary>
    public void Sealed(OpenBatch source, IReadOnlyList<SealedBatch> batches)
    {
        lock (_gate)
        {
            _unsealed.Sealed(source);
            _bytes.Add(-source.Bytes);
            foreach (var batch in batches)
            {
                _outgoing.Add(batch);
            }
        }
    }

    /// <summary>Takes note of what Sentry said to a batch that was handed out to be sent.</summary>
    public void Completed(QueueWork work, SendOutcome outcome)
    {
        lock (_gate)
        {
            _outgoing.Completed(work, outcome);
        }
    }

    /// <summary>Puts the parts of a batch that was cut in its place; <paramref name="dropped"/> when it was not cut any more.</summary>
    public void Replaced(SealedBatch batch, IReadOnlyList<SealedBatch> parts, DropReason? dropped)
    {
        lock (_gate)
        {
            _outgoing.Replaced(batch, parts, dropped);
        }
    }

    /// <summary>Sends to another address or with another key from now on, which also ends a quarantine.</summary>
    public void Retarget(RouteTarget target)
    {
        lock (_gate)
        {
            _outgoing.Retarget(target);
        }
    }

    /// <summary>Sends again, to where a look-up says; to an address that was refused not before Sentry may have forgotten that.</summary>
    public void Resume(RouteTarget target)
    {
        lock (_gate)
        {
            _outgoing.Resume(target);
        }
    }

    /// <summary>The project was refused or is gone, though Sentry may still say 2xx: nothing is sent until <see cref="Resume"/>, or to a new address.</summary>
    public void Suspend()
    {
        lock (_gate)
        {
            _outgoing.Suspend();
        }
    }

    /// <summary>Keeps to other rules from now on, for what waits as for what comes.</summary>
    public void Apply(QueueLimits limits, Backoff backoff)
    {
        lock (_gate)
        {
            _limits = limits;
            _outgoing.Backoff = backoff;
        }
    }

    /// <summary>From now on nothing waits for company.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            _draining = true;
        }
    }

    /// <summary>
    /// Drops what waits, and what comes back from being sent, as <see cref="DropReason.Shutdown"/>; what is stored stays queued. Takes nothing from then on.
    /// </summary>
    public long Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _unsealed.Close();
            long items = 0;
            while (RemoveUnsealedLocked() is { } batch)
            {
                items += batch.Drop(DropReason.Shutdown);
            }

            return items + _outgoing.Stop();
        }
    }

    /// <summary>Drops the oldest batch that is not on its way, as <see cref="DropReason.Overflow"/>; says how many items, 0 when there is none.</summary>
    public long DropOldest()
    {
        lock (_gate)
        {
            if (_outgoing.Remove() is { } batch)
            {
                return batch.Drop(DropReason.Overflow);
            }

            if (RemoveUnsealedLocked() is { } full)
            {
                return full.Drop(DropReason.Overflow);
            }

            _unsealed.Close();
            return RemoveUnsealedLocked()?.Drop(DropReason.Overflow) ?? 0;
        }
    }

    /// <summary>The queue at one moment.</summary>
    public QueueState Read()
    {
        lock (_gate)
        {
            return new QueueState(
                _unsealed.Items + _outgoing.Items,
                _bytes.Value,
                _outgoing.InFlight,
                _outgoing.OldestSince ?? _unsealed.OpenSince,
                _outgoing.Hold,
                _outgoing.HeldFor,
                _unsealed.IsSealing)
            {
                Limit = _outgoing.Limit,
            };
        }
    }

    private bool HasRoomLocked(long bytes) => !_stopped && _bytes.HasRoom(bytes, Limits.MaxBytes);

    private TimeSpan? NextSealLocked() => _unsealed.NextDue(Limits.Linger, _draining);

    private bool IsSealDueLocked() => NextSealLocked() is { } due && due <= _clock.Now;

    private OpenBatch? RemoveUnsealedLocked()
    {
        var batch = _unsealed.Remove();
        _bytes.Add(-(batch?.Bytes ?? 0));
        return batch;
    }
}
