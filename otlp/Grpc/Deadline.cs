namespace SentryOtel.Otlp.Grpc;

/// <summary>A token that ends when the caller goes away or its time is over, and tells which.</summary>
internal sealed class Deadline : IDisposable
{
    // The longest delay a timer takes; whoever gives more gives no limit.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource? _linked;

    public Deadline(TimeSpan? timeout, TimeProvider timeProvider, CancellationToken aborted)
    {
        Token = aborted;
        if (timeout < Longest)
        {
            _timer = new CancellationTokenSource(timeout.Value, timeProvider);
            _linked = CancellationTokenSource.CreateLinkedTokenSource(aborted, _timer.Token);
            Token = _linked.Token;
        }
    }

    public CancellationToken Token { get; }

    public bool HasPassed => _timer?.IsCancellationRequested ?? false;

    public void Dispose()
    {
        _linked?.Dispose();
        _timer?.Dispose();
    }
}
