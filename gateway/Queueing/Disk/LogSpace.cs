namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The room of a log: what its files take, what is promised to appends, and whether the disk said that it is full.</summary>
internal sealed class LogSpace(LogEnvironment environment)
{
    private static readonly TimeSpan PauseWhenFull = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _used;
    private long _reserved;
    private long _fullUntil = long.MinValue;

    /// <summary>Bytes of all files.</summary>
    public long Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>True when so little is free that old data must go for new data to come.</summary>
    public bool IsCrowded => Free < 2 * environment.Limits.SegmentBytes;

    /// <summary>True for a while after the disk was full.</summary>
    public bool IsPaused => environment.Time.GetUtcNow().Ticks < Interlocked.Read(ref _fullUntil);

    private long Free
    {
        get
        {
            lock (_gate)
            {
                return FreeLocked();
            }
        }
    }

    public bool Has(long bytes) => bytes <= Free && !IsPaused;

    /// <summary>Takes room for an append; false when there is none.</summary>
    public bool TryReserve(long bytes)
    {
        if (IsPaused)
        {
            return false;
        }

        lock (_gate)
        {
            if (bytes > FreeLocked())
            {
                return false;
            }

            _reserved += bytes;
            return true;
        }
    }

    public void Return(long bytes)
    {
        lock (_gate)
        {
            _reserved -= bytes;
        }
    }

    /// <summary>Files grew by so many bytes; negative when they shrank.</summary>
    public void Use(long bytes)
    {
        lock (_gate)
        {
            _used += bytes;
        }
    }

    /// <summary>The disk is full: nothing is tried for a while.</summary>
    public void Pause() => Interlocked.Exchange(ref _fullUntil, (environment.Time.GetUtcNow() + PauseWhenFull).Ticks);

    // One segment's worth is for rewriting.
    private long FreeLocked()
    {
        var limits = environment.Limits;
        return limits.MaxBytes - limits.SegmentBytes - _used - _reserved;
    }
}
