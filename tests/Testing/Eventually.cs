using System.Diagnostics;

namespace SentryOtel.Testing;

/// <summary>Polls for a state that a real process reaches in its own time; says what was last seen when it never does.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns the first non-null value of <paramref name="probe"/>; fails after <paramref name="within"/>.</summary>
    public static async Task<T> GetAsync<T>(
        Func<Task<T?>> probe, TimeSpan within, string what, CancellationToken cancellationToken)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        while (watch.Elapsed < within)
        {
            try
            {
                if (await probe() is { } value)
                {
                    return value;
                }

                last = null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                last = exception;
            }

            await Task.Delay(Interval, cancellationToken);
        }

        throw new TimeoutException($"{what}: not seen within {within.TotalSeconds:0} s.", last);
    }

    /// <summary>Waits until <paramref name="condition"/> holds; fails after <paramref name="within"/>.</summary>
    public static Task HoldsAsync(Func<Task<bool>> condition, TimeSpan within, string what, CancellationToken cancellationToken) =>
        GetAsync(async () => await condition() ? what : null, within, what, cancellationToken);

    /// <summary>Waits until <paramref name="condition"/> holds; fails after <paramref name="within"/>.</summary>
    public static Task HoldsAsync(Func<bool> condition, TimeSpan within, string what, CancellationToken cancellationToken) =>
        HoldsAsync(() => Task.FromResult(condition()), within, what, cancellationToken);
}
