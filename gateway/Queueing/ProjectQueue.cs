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
internal sealed class ProjectQueue(
    string name,
    OtlpSignal signal,
    RouteTarget target,
    QueueLimits limits,
    QueueRoom room,
    Backoff backoff,
    RateLimitStore rateLimits,
    MonotonicClock clock)
{
    private readonly Lock _gate = new();
    private readonly UnsealedBatches _unsealed = new(room);
    private readonly LinkedList<SealedBatch> _ready = new();
    private readonly SendGate _sending = new(backoff);
    private volatile QueueLimits _limits = limits;
    private RouteTarget _target = target;
    private int _inFlight;
    private int _inFlightItems;
    private long _bytes;
    private bool _draining;
    private bool _stopped;
    private TimeSpan _lastUsed = clock.Now;

    /// <summary>Names the project within its exporter; stays the same when the project is renamed or its key changes.</summary>
    public string Name { get; } = name;

    public OtlpSignal Signal { get; } = signal;

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
                return _target;
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
                return _sending.IsFailing;
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

            _lastUsed = clock.Now;
            _unsealed.Add(data, Limits);
            AddBytesLocked(data.Bytes);
            return true;
        }
    }

    /// <summary>True for a queue that gave its place up: it takes nothing any more, and its project gets a new one.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Gives its place up when it is empty and nothing came for so long; false when it is still of use.</summary>
    public bool TryRetire(TimeSpan idle)
    {
        lock (_gate)
        {
            var isEmpty = _unsealed.IsEmpty && _ready.Count == 0 && _inFlight == 0;
            if (!isEmpty || _stopped || clock.Now - _lastUsed < idle)
            {
                return IsRetired;
            }

            return IsRetired = _stopped = true;
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
            if (_ready.First is not { } first)
            {
                return null;
            }

            var expiry = first.Value.Since + Limits.MaxAge;
            return MaySendLocked() ? Min(expiry, SendableAtLocked()) : expiry;
        }
    }

    /// <summary>Bytes of what is to be sealed now; null when nothing is.</summary>
    public long? SealDue()
    {
        lock (_gate)
        {
            return NextSealLocked() is not { } due || due > clock.Now ? null : _unsealed.NextBytes;
        }
    }

    /// <summary>Drops what waited too long. Gives the bytes of what is to be sent now; null when nothing is.</summary>
    public long? SendDue()
    {
        lock (_gate)
        {
            DropExpiredLocked();
            return NextToSendLocked()?.Body.Length;
        }
    }

    /// <summary>Hands out a batch to seal; null when none is due.</summary>
    public QueueWork? TryTakeSeal()
    {
        lock (_gate)
        {
            if (NextSealLocked() is not { } due || due > clock.Now)
            {
                return null;
            }

            return new QueueWork(_unsealed.TakeToSeal() ?? _unsealed.TakeUnfilled(), null, _target, clock.Now);
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
            if (NextToSendLocked() is not { } batch)
            {
                return null;
            }

            _ready.RemoveFirst();
            _inFlight++;
            _inFlightItems += batch.Items;
            return new QueueWork(null, batch, _target, clock.Now);
        }
    }

    /// <summary>Takes back what became of a batch that was handed out to be sealed.</summary>
    public void Sealed(OpenBatch source, IReadOnlyList<SealedBatch> batches)
    {
        lock (_gate)
        {
            _unsealed.Sealed(source);
            AddBytesLocked(-source.Bytes);
            foreach (var batch in batches)
            {
                AddLocked(batch, first: false);
            }
        }
    }

    /// <summary>Takes note of what Sentry said to a batch that was handed out to be sent.</summary>
    public void Completed(QueueWork work, SendOutcome outcome)
    {
        var batch = work.Batch!;
        lock (_gate)
        {
            LandLocked(batch);
            switch (outcome.Kind)
            {
                case SendOutcomeKind.Sent:
                    _sending.Recover();
                    batch.Account.Send(batch.Items, batch.Body.Length);
                    batch.Dispose();
                    break;
                case SendOutcomeKind.RateLimited:
                    // The limit itself is in the store; what failed is nothing.
                    _sending.Recover();
                    AddLocked(batch, first: true);
                    break;
                case SendOutcomeKind.Cancelled:
                    AddLocked(batch, first: true);
                    break;
                case SendOutcomeKind.ProjectRejected:
                    HoldLocked(HoldReason.ProjectRejected, batch, work);
                    break;
                case SendOutcomeKind.Forbidden:
                    HoldLocked(HoldReason.Forbidden, batch, work);
                    break;
                case SendOutcomeKind.Transient:
                    RetryLocked(batch, outcome.RetryAfter, work.Started);
                    break;
                default:
                    DropLocked(batch, DropReason.Refused);
                    break;
            }
        }
    }

    /// <summary>Puts the parts of a batch that was cut in its place; <paramref name="dropped"/> when it was not cut any more.</summary>
    public void Replaced(SealedBatch batch, IReadOnlyList<SealedBatch> parts, DropReason? dropped)
    {
        lock (_gate)
        {
            LandLocked(batch);
            _sending.Recover();
            if (dropped is { } reason)
            {
                DropLocked(batch, reason);
                return;
            }

            batch.Dispose();
            foreach (var part in parts.Reverse())
            {
                AddLocked(part, first: true);
            }
        }
    }

    /// <summary>Sends to another address or with another key from now on, which also ends a quarantine.</summary>
    public void Retarget(RouteTarget target)
    {
        lock (_gate)
        {
            if (_target != target)
            {
                _target = target;
                _sending.Readdress();
            }
        }
    }

    /// <summary>Sends again, to where a look-up says; to an address that was refused not before Sentry may have forgotten that.</summary>
    public void Resume(RouteTarget target)
    {
        lock (_gate)
        {
            if (_target != target)
            {
                _target = target;
                _sending.Readdress();
            }
            else
            {
                _sending.Resume(clock.Now);
            }
        }
    }

    /// <summary>Keeps to other rules from now on, for what waits as for what comes.</summary>
    public void Apply(QueueLimits limits, Backoff backoff)
    {
        lock (_gate)
        {
            _limits = limits;
            _sending.Backoff = backoff;
        }
    }

    /// <summary>The project was refused or is gone, though Sentry may still say 2xx: nothing is sent until <see cref="Resume"/>, or to a new address.</summary>
    public void Suspend()
    {
        lock (_gate)
        {
            _sending.Suspend();
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
            while (_unsealed.Remove() is { } batch)
            {
                items += DropLocked(batch, DropReason.Shutdown);
            }

            while (_ready.First is { } first)
            {
                RemoveLocked(first);
                items += DropLocked(first.Value, DropReason.Shutdown);
            }

            return items;
        }
    }

    /// <summary>Drops the oldest batch that is not on its way, as <see cref="DropReason.Overflow"/>; says how many items, 0 when there is none.</summary>
    public long DropOldest()
    {
        lock (_gate)
        {
            if (_ready.First is { } first)
            {
                RemoveLocked(first);
                return DropLocked(first.Value, DropReason.Overflow);
            }

            if (_unsealed.Remove() is { } full)
            {
                return DropLocked(full, DropReason.Overflow);
            }

            _unsealed.Close();
            return _unsealed.Remove() is { } open ? DropLocked(open, DropReason.Overflow) : 0;
        }
    }

    /// <summary>The queue at one moment.</summary>
    public QueueState Read()
    {
        lock (_gate)
        {
            var waiting = _unsealed.Items + _ready.Sum(batch => (long)batch.Items);
            var limit = rateLimits.GetLimit(_target.PublicKey, _target.Organization, Ingest);
            return new QueueState(
                waiting + _inFlightItems,
                _bytes,
                _inFlight,
                _ready.First?.Value.Since ?? _unsealed.OpenSince,
                limit is not null ? HoldReason.RateLimited : _sending.Hold,
                limit?.Remaining ?? Max(_sending.PausedUntil - clock.Now, TimeSpan.Zero),
                _unsealed.IsSealing)
            {
                Limit = limit,
            };
        }
    }

    private IngestSignal Ingest => Signal == OtlpSignal.Logs ? IngestSignal.Logs : IngestSignal.Traces;

    private bool HasRoomLocked(long bytes) =>
        !_stopped && (_bytes == 0 || bytes <= Math.Min(Limits.MaxBytes, room.Share) - _bytes) && room.Has(bytes);

    private void AddBytesLocked(long bytes)
    {
        _bytes += bytes;
        room.Add(bytes);
    }

    private TimeSpan? NextSealLocked() => _unsealed.NextDue(Limits.Linger, _draining);

    private SealedBatch? NextToSendLocked() =>
        _ready.First is { } first && MaySendLocked() && SendableAtLocked() <= clock.Now ? first.Value : null;

    // A project that fails is asked with one request at a time.
    private bool MaySendLocked() => !_stopped && _inFlight < (_sending.IsFailing ? 1 : Limits.Concurrency);

    private TimeSpan SendableAtLocked()
    {
        var limited = rateLimits.GetDelay(_target.PublicKey, _target.Organization, Ingest);
        return Max(_sending.PausedUntil, limited > TimeSpan.Zero ? clock.Now + limited : TimeSpan.Zero);
    }

    private void DropExpiredLocked()
    {
        while (_ready.First is { } first && clock.Now - first.Value.Since >= Limits.MaxAge)
        {
            RemoveLocked(first);
            var limited = rateLimits.GetDelay(_target.PublicKey, _target.Organization, Ingest) > TimeSpan.Zero;
            DropLocked(first.Value, limited ? DropReason.RateLimited : _sending.Hold switch
            {
                HoldReason.ProjectRejected => DropReason.ProjectRejected,
                HoldReason.Forbidden => DropReason.Forbidden,
                _ => DropReason.Expired,
            });
        }
    }

    private void HoldLocked(HoldReason reason, SealedBatch batch, QueueWork work)
    {
        // An answer to the old address says nothing of the new one.
        if (work.Target == _target)
        {
            _sending.Refuse(reason, clock.Now);
        }

        AddLocked(batch, first: true);
    }

    private void RetryLocked(SealedBatch batch, TimeSpan asked, TimeSpan started)
    {
        _sending.Fail(clock.Now, started, asked);
        batch.FirstFailure ??= clock.Now;
        if (!_sending.Retries)
        {
            DropLocked(batch, DropReason.RetryDisabled);
        }
        else if (!_sending.MayRetry(batch.FirstFailure.Value))
        {
            DropLocked(batch, DropReason.RetriesExhausted);
        }
        else
        {
            AddLocked(batch, first: true);
        }
    }

    private void LandLocked(SealedBatch batch)
    {
        _inFlight--;
        _inFlightItems -= batch.Items;
        AddBytesLocked(-batch.Body.Length);
    }

    private void AddLocked(SealedBatch batch, bool first)
    {
        if (_stopped)
        {
            DropLocked(batch, DropReason.Shutdown);
            return;
        }

        AddBytesLocked(batch.Body.Length);
        _ = first ? _ready.AddFirst(batch) : _ready.AddLast(batch);
    }

    private void RemoveLocked(LinkedListNode<SealedBatch> node)
    {
        _ready.Remove(node);
        AddBytesLocked(-node.Value.Body.Length);
    }

    private static long DropLocked(SealedBatch batch, DropReason reason)
    {
        if (reason == DropReason.Shutdown && batch.Origin is { } origin)
        {
            origin.Keep();
            batch.Dispose();
            return 0;
        }

        batch.Account.Drop(reason, batch.Items, batch.Body.Length);
        batch.Dispose();
        return batch.Items;
    }

    // Of the same shape for what was not sealed yet.
    private long DropLocked(OpenBatch batch, DropReason reason)
    {
        AddBytesLocked(-batch.Bytes);
        var origin = batch.Origin();
        var kept = reason == DropReason.Shutdown && origin is not null;
        if (!kept)
        {
            batch.Account.Drop(reason, batch.Items, batch.Bytes);
            origin?.Hold();
            origin?.Release();
        }

        batch.Release();
        return kept ? 0 : batch.Items;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
