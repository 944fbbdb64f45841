using System.Collections.Concurrent;

namespace SentryOtel.Sentry.Api;

/// <summary>
/// What one token may ask of Sentry's API, shared by every client that uses the token. Bounds the calls in flight and keeps
/// callers away from an operation whose window is used up (<c>X-Sentry-Rate-Limit-Remaining</c>, <c>-Reset</c>; a 429 of this API
/// carries no <c>Retry-After</c>). Servers without these headers, as self-hosted ones, cost nothing.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="random">Jitter.</param>
/// <param name="maxConcurrency">Calls in flight; Sentry's own bound is about 25 per caller.</param>
public sealed class SentryApiBudget(TimeProvider timeProvider, Random random, int maxConcurrency = 8) : IDisposable
{
    /// <summary>Longest wait inside a call; a longer one is returned as an error with its time.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(15);

    /// <summary>No window of Sentry's is longer; a larger value is a fault and must not stall the operator.</summary>
    private static readonly TimeSpan MaxWindow = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    /// <summary>Waits for a free slot in an open window; the remaining wait when that is longer than a call should take.</summary>
    internal async Task<TimeSpan?> EnterAsync(SentryApiOperation operation, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (ClosedFor(operation) is { } wait)
            {
                if (wait > MaxWait)
                {
                    return wait;
                }

                await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (ClosedFor(operation) is null)
            {
                return null;
            }

            _slots.Release();
        }
    }

    /// <summary>Gives the slot back.</summary>
    internal void Leave() => _slots.Release();

    /// <summary>Takes what an answer said about the window; for a 429 the time until another try makes sense.</summary>
    internal TimeSpan? Observe(SentryApiOperation operation, RateLimitSnapshot answer)
    {
        var untilReset = answer.UntilReset(timeProvider.GetUtcNow());
        if (answer.Status != 429)
        {
            if (answer.Remaining is 0 && untilReset is { } pause)
            {
                Close(operation, pause + Jitter(TimeSpan.FromMilliseconds(250)), refusals: 0);
            }
            else if (_windows.TryGetValue(operation.Name, out var window) && window.Refusals > 0)
            {
                _windows[operation.Name] = window with { Refusals = 0 };
            }

            return null;
        }

        var refusals = (_windows.TryGetValue(operation.Name, out var known) ? known.Refusals : 0) + 1;
        var shortPause = TimeSpan.FromMilliseconds(500 * Math.Pow(2, Math.Min(refusals - 1, 4)));
        var wait = answer.RetryAfter
            ?? (answer.IsConcurrencyLimit ? null : untilReset)
            ?? shortPause;
        wait += Jitter(shortPause);
        Close(operation, wait, refusals);
        return wait;
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private void Close(SentryApiOperation operation, TimeSpan wait, int refusals) =>
        _windows[operation.Name] = new Window(
            timeProvider.GetTimestamp(),
            wait < MaxWindow ? wait : MaxWindow,
            refusals);

    private TimeSpan? ClosedFor(SentryApiOperation operation)
    {
        if (!_windows.TryGetValue(operation.Name, out var window))
        {
            return null;
        }

        var left = window.Wait - timeProvider.GetElapsedTime(window.Since);

        // Timers count whole milliseconds: rounded down, the wait would end before the window opens.
        return left > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : null;
    }

    private TimeSpan Jitter(TimeSpan most)
    {
        lock (random)
        {
            return most * random.NextDouble();
        }
    }

    private sealed record Window(long Since, TimeSpan Wait, int Refusals);
}
