namespace SentryOtel.Gateway.Receiving.Renewal;

/// <summary>Counts how often files of a receiver changed and were taken, or could not be. Thread-safe.</summary>
internal sealed class Renewals
{
    private long _taken;
    private long _failed;

    /// <summary>New content in force.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>New content that can not be used, or none that can be read: what was in force stays.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public void CountTaken() => Interlocked.Increment(ref _taken);

    public void CountFailed() => Interlocked.Increment(ref _failed);
}
