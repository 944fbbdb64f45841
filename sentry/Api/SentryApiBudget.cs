using System.Collections.Concurrent;

namespace SentryOtel.Sentry.Api;

/// <summary>
/// What one token may ask of Sentry's API, shared by every client that uses the token. Bounds the calls in flight and sends no more of an operation than its window has
/// room for (<c>X-Sentry-Rate-Limit-Remaining</c>, <c>-Reset</c>; a 429 of this API carries no <c>Retry-After</c>), so that a refusal is an exception: somebody else used the
/// window too. Servers without these headers, as self-hosted ones, cost nothing.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="random">Jitter.</param>
/// <param name="maxConcurrency">Calls in flight; Sentry's own bound is about 25 per organisation and operation, and others want some of them.</param>
public sealed class SentryApiBudget(TimeProvider timeProvider, Random random, int maxConcurrency = SentryApiBudget.MaxConcurrency) : IDisposable
{
    /// <summary>Calls in flight unless said otherwise.</summary>
    public const int MaxConcurrency = 16;

    /// <summary>Longest wait inside a call; a longer one is returned as an error with its time.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(15);

    /// <summary>No window of Sentry's is longer; a larger value is a fault and must not stall the operator.</summary>
    private static readonly TimeSpan MaxWindow = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private readonly ConcurrentDictionary<string, OperationWindow> _windows = new(StringComparer.Ordinal);

    /// <summary>Waits for a free slot in an open window; the remaining wait when that is longer than a call should take.</summary>
    internal async Task<TimeSpan?> EnterAsync(SentryApiOperation operation, CancellationToken cancellationToken)
    {
        var window = WindowOf(operation);
        while (true)
        {
            if (window.Peek() is { } blocked)
            {
                if (blocked is { IsCertain: true, Wait: var wait } && wait > MaxWait)
                {
                    return wait;
                }

                await WaitAsync(blocked, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (window.TryEnter() is null)
            {
                return null;
            }

            _slots.Release();
        }
    }

    /// <summary>Gives the slot back.</summary>
    internal void Leave(SentryApiOperation operation)
    {
        WindowOf(operation).Leave();
        _slots.Release();
    }

    /// <summary>Takes what an answer said about the window; for a 429 the time until another try makes sense.</summary>
    internal TimeSpan? Observe(SentryApiOperation operation, RateLimitSnapshot answer)
    {
        var window = WindowOf(operation);
        var untilReset = answer.UntilReset(timeProvider.GetUtcNow());
        if (answer.Status != 429)
        {
            window.Observe(answer, untilReset is { } rest ? Bounded(rest) : null, Jitter(Margin));
            return null;
        }

        var shortPause = TimeSpan.FromMilliseconds(500 * Math.Pow(2, Math.Min(window.Refusals, 4)));
        var wait = answer.RetryAfter
            ?? (answer.IsConcurrencyLimit ? null : untilReset)
            ?? shortPause;
        wait += Jitter(shortPause);
        window.Close(Bounded(wait));
        return wait;
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private static TimeSpan Bounded(TimeSpan wait) => wait < MaxWindow ? wait : MaxWindow;

    private OperationWindow WindowOf(SentryApiOperation operation) => _windows.GetOrAdd(operation.Name, static (_, time) => new OperationWindow(time), timeProvider);

    private async Task WaitAsync(Blocked blocked, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Timers count whole milliseconds: rounded down, the wait would end before the window opens.
        var delay = Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(blocked.Wait.TotalMilliseconds)), timeProvider, over.Token);
        await Task.WhenAny(delay, blocked.Changed).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private TimeSpan Jitter(TimeSpan most)
    {
        lock (random)
        {
            return most * random.NextDouble();
        }
    }
}
