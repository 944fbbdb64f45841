namespace SentryOtel.Kubernetes.Informers;

/// <summary>
/// The pause between attempts to list or watch: 800 ms doubling up to 30 s, each drawn from [d, 2d], and from the start
/// again after two minutes without a pause.
/// </summary>
internal sealed class ReflectorBackoff(TimeProvider timeProvider, Random random)
{
    public static readonly TimeSpan Initial = TimeSpan.FromMilliseconds(800);
    public static readonly TimeSpan Maximum = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan ResetAfter = TimeSpan.FromMinutes(2);

    private TimeSpan _next = Initial;
    private long? _last;

    /// <summary>Counts a failure and says how long to pause.</summary>
    public TimeSpan Next()
    {
        var now = timeProvider.GetTimestamp();
        if (_last is { } last && timeProvider.GetElapsedTime(last, now) > ResetAfter)
        {
            _next = Initial;
        }

        _last = now;
        var delay = _next;
        _next = delay * 2 < Maximum ? delay * 2 : Maximum;
        lock (random)
        {
            return delay * (1 + random.NextDouble());
        }
    }

    public Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(Next(), timeProvider, cancellationToken);
}
