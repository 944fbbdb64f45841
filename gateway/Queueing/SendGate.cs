namespace SentryOtel.Gateway.Queueing;

/// <summary>Whether and when a project may be sent to, by what its last attempts came to. Guarded by its queue's lock.</summary>
internal sealed class SendGate(Backoff backoff)
{
    /// <summary>How long a project that Sentry refused is left alone; Relay remembers a refused key for 60 s.</summary>
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(60);

    private TimeSpan _lastFailure = TimeSpan.MinValue;
    private TimeSpan? _refusedAt;
    private int _failures;

    /// <summary>How the pauses grow, and whether failed batches are tried again.</summary>
    public Backoff Backoff { get; set; } = backoff;

    /// <summary>Why nothing is sent, if so.</summary>
    public HoldReason Hold { get; private set; }

    /// <summary>Nothing is sent before.</summary>
    public TimeSpan PausedUntil { get; private set; }

    /// <summary>True from a failure to the next success.</summary>
    public bool IsFailing => _failures > 0;

    /// <summary>True while nothing is sent, whatever the time.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>An attempt came through.</summary>
    public void Recover()
    {
        if (!IsSuspended)
        {
            _failures = 0;
            (Hold, PausedUntil) = (HoldReason.None, TimeSpan.Zero);
        }
    }

    /// <summary>Nothing is sent any more until <see cref="Readdress"/> or <see cref="Resume"/>.</summary>
    public void Suspend()
    {
        IsSuspended = true;
        (Hold, PausedUntil) = (HoldReason.ProjectRejected, TimeSpan.MaxValue);
    }

    /// <summary>The address is right after all. One that was refused is left alone for as long as Relay remembers that.</summary>
    public void Resume(TimeSpan now)
    {
        if (IsSuspended)
        {
            IsSuspended = false;
            var until = _refusedAt is { } at ? at + Quarantine : TimeSpan.Zero;
            (Hold, PausedUntil) = until > now ? (HoldReason.ProjectRejected, until) : (HoldReason.None, TimeSpan.Zero);
        }
    }

    /// <summary>An attempt failed in a way that time may cure; <paramref name="asked"/> is the pause that the destination wants.</summary>
    public void Fail(TimeSpan now, TimeSpan started, TimeSpan asked)
    {
        // Attempts that were on the way together are one failure of the project, not several.
        if (started >= _lastFailure && !IsSuspended)
        {
            _failures++;
            _lastFailure = now;
            (Hold, PausedUntil) = (HoldReason.BackingOff, now + Backoff.After(_failures, asked));
        }
    }

    /// <summary>Sentry refused the project as it is addressed now.</summary>
    public void Refuse(HoldReason reason, TimeSpan now)
    {
        _refusedAt = now;
        if (IsSuspended)
        {
            return;
        }

        (Hold, PausedUntil) = (reason, now + Quarantine);
        _failures = Math.Max(_failures, 1);
    }

    /// <summary>The address or key is another now: what Sentry said of the old one does not count.</summary>
    public void Readdress()
    {
        if (Hold == HoldReason.ProjectRejected)
        {
            IsSuspended = false;
            _refusedAt = null;
            (Hold, PausedUntil) = (HoldReason.None, TimeSpan.Zero);
        }
    }

    /// <summary>Whether a batch that failed first at <paramref name="firstFailure"/> may be tried again.</summary>
    public bool MayRetry(TimeSpan firstFailure) =>
        Backoff.Retry.MaxElapsedTime == TimeSpan.Zero || PausedUntil - firstFailure <= Backoff.Retry.MaxElapsedTime;

    /// <summary>Whether failed batches are tried again at all.</summary>
    public bool Retries => Backoff.Retry.Enabled;
}
