namespace SentryOtel.Gateway.Queueing;

/// <summary>
/// The stored data behind all batches that were made of them. Batches are cut and replaced; when the last one is settled the store forgets the data,
/// so that a crash before repeats them all and a crash after repeats none.
/// </summary>
internal sealed class StoredOrigin
{
    private readonly IReadOnlyList<IStoredData> _data;
    private int _batches;
    private volatile bool _kept;
    private bool _begun;

    private StoredOrigin(IReadOnlyList<IStoredData> data) => _data = data;

    /// <summary>The origin of a batch; null when none of its data is stored.</summary>
    public static StoredOrigin? Of(IReadOnlyList<QueuedData> data)
    {
        List<IStoredData>? stored = null;
        foreach (var one in data)
        {
            if (one.Stored is { } found)
            {
                (stored ??= new List<IStoredData>(data.Count)).Add(found);
            }
        }

        return stored is null ? null : new StoredOrigin(stored);
    }

    /// <summary>One more batch holds some of the data.</summary>
    public void Hold() => Interlocked.Increment(ref _batches);

    /// <summary>One of the batches is about to be sent.</summary>
    public void Begin()
    {
        if (!Interlocked.Exchange(ref _begun, true))
        {
            _data[0].Store.Begin(_data);
        }
    }

    /// <summary>One of the batches has arrived. Called before <see cref="Release"/>, where a store may take its time: until then the batch is in flight.</summary>
    public void Finish()
    {
        // Of several batches that were cut from the data the last to be released has them forgotten.
        if (Volatile.Read(ref _batches) == 1 && !_kept)
        {
            _data[0].Store.Finish(_data);
        }
    }

    /// <summary>The data stay stored, whatever becomes of the batches: the process ends.</summary>
    public void Keep() => _kept = true;

    /// <summary>A batch was sent, dropped, or replaced by others that were held before.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _batches) > 0 || _kept)
        {
            return;
        }

        foreach (var data in _data)
        {
            data.Forget();
        }
    }
}
