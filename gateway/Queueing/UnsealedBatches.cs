namespace SentryOtel.Gateway.Queueing;

/// <summary>What of a queue is not sealed yet: the batch that is being filled, and those that are full. Guarded by the queue's lock.</summary>
internal sealed class UnsealedBatches(QueueRoom room)
{
    private readonly Queue<OpenBatch> _closed = new();
    private OpenBatch? _open;

    /// <summary>A batch is being sealed; one at a time.</summary>
    public bool IsSealing { get; private set; }

    /// <summary>Nothing is there, and nothing is being sealed.</summary>
    public bool IsEmpty => _open is null && _closed.Count == 0 && !IsSealing;

    /// <summary>Spans or log records, without those that are being sealed.</summary>
    public long Items => (_open?.Items ?? 0) + _closed.Sum(batch => (long)batch.Items);

    /// <summary>When the oldest of what is being filled was accepted.</summary>
    public TimeSpan? OpenSince => _open?.Since;

    public void Add(QueuedData data, QueueLimits limits)
    {
        if (_open is not null && !_open.HasRoomFor(data, limits))
        {
            Close();
        }

        _open ??= new OpenBatch(data.Account, data.Since);
        _open.Add(data);
        room.AddUnsealed(data.HeldBytes);

        // With many projects at a time whole batches of each would be much memory: then smaller ones do.
        if (_open.Items >= limits.BatchItems || _open.Bytes >= (room.IsCrowded ? limits.BatchBytes / QueueRoom.CrowdedShare : limits.BatchBytes))
        {
            Close();
        }
    }

    /// <summary>Nothing more joins the batch that is being filled.</summary>
    public void Close()
    {
        if (_open is not null)
        {
            _closed.Enqueue(_open);
            _open = null;
        }
    }

    /// <summary>When the next batch is to be sealed; null while there is none, and while one is.</summary>
    public TimeSpan? NextDue(TimeSpan linger, bool isDraining) =>
        IsSealing ? null
        : _closed.Count > 0 ? TimeSpan.Zero
        : _open is null ? null
        : isDraining ? TimeSpan.Zero
        : _open.Since + linger;

    /// <summary>Bytes of the next batch.</summary>
    public long NextBytes => _closed.TryPeek(out var closed) ? closed.Bytes : _open?.Bytes ?? 0;

    /// <summary>Hands out a full batch to be sealed; null when there is none, or one is being sealed.</summary>
    public OpenBatch? TakeToSeal()
    {
        if (IsSealing || !_closed.TryDequeue(out var batch))
        {
            return null;
        }

        IsSealing = true;
        return batch;
    }

    /// <summary>Hands out the batch that is being filled to be sealed as it is; null when there is none, or one is being sealed.</summary>
    public OpenBatch? TakeUnfilled()
    {
        Close();
        return TakeToSeal();
    }

    /// <summary>The batch that was handed out is sealed.</summary>
    public void Sealed(OpenBatch batch)
    {
        IsSealing = false;
        room.AddUnsealed(-batch.HeldBytes);
    }

    /// <summary>Takes the oldest batch out for good; null when none is full.</summary>
    public OpenBatch? Remove()
    {
        if (!_closed.TryDequeue(out var batch))
        {
            return null;
        }

        room.AddUnsealed(-batch.HeldBytes);
        return batch;
    }
}
