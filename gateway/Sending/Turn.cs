namespace SentryOtel.Gateway.Sending;

/// <summary>A queue's place in one <see cref="FairTurns"/>. Guarded by the scheduler's lock.</summary>
internal sealed class Turn(int weight = 1)
{
    private long _credit;
    private bool _served;

    /// <summary>How many times the bytes of a round it gets. May change at any time; the next round goes by it.</summary>
    public int Weight { get; set; } = weight;

    /// <summary>When it is looked at next; null while it does not wait.</summary>
    public TimeSpan? Due { get; set; }

    /// <summary>It is due and goes round.</summary>
    public bool InRing { get; set; }

    /// <summary>Its turn comes: it gets the round's bytes, once.</summary>
    public void Begin(long quantum)
    {
        if (!_served)
        {
            _served = true;
            Give(quantum);
        }
    }

    public void Give(long bytes) => _credit += bytes * Weight;

    /// <summary>Pays for a batch; false when its bytes do not reach.</summary>
    public bool TryPay(long bytes)
    {
        if (_credit < bytes)
        {
            return false;
        }

        _credit -= bytes;
        return true;
    }

    /// <summary>Rounds until <see cref="TryPay"/> succeeds.</summary>
    public long RoundsTo(long bytes, long quantum)
    {
        var share = quantum * Weight;
        return (bytes - _credit + share - 1) / share;
    }

    /// <summary>The turn passes on; what was not used is kept.</summary>
    public void End() => _served = false;

    /// <summary>It has nothing to do any more: bytes are not saved up for later.</summary>
    public void Leave()
    {
        (InRing, _credit, _served) = (false, 0, false);
    }
}

/// <summary>What the scheduler knows of a queue. Guarded by the scheduler's lock.</summary>
internal sealed class QueueTurns(int weight = 1)
{
    public Turn Seal { get; } = new(weight);

    public Turn Send { get; } = new(weight);

    /// <summary>Of both kinds of work.</summary>
    public int Weight
    {
        get => Send.Weight;
        set => (Seal.Weight, Send.Weight) = (value, value);
    }

    /// <summary>Attempts on the way.</summary>
    public int InFlight { get; set; }

    /// <summary>Attempts on the way that have been waiting for an answer for long.</summary>
    public int Overdue { get; set; }

    /// <summary>An attempt came to its end, whatever it was.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>The last answer took long.</summary>
    public bool LastWasSlow { get; set; }

    /// <summary>The project takes long to answer, or does not.</summary>
    public bool IsSlow => LastWasSlow || Overdue > 0;
}
