using System.Diagnostics;

namespace SentryOtel.Testing;

/// <summary>Polls for a state that a real process reaches in its own time; says what was last seen when it never does.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Nothing is given up sooner, however short it should take: what others run on the machine must not fail a test.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Returns the first non-null value of <paramref name="probe"/>; fails after <paramref name="within"/>, or two minutes if that is less.</summary>
    public static async Task<T> GetAsync<T>(
        Func<Task<T?>> probe, TimeSpan within, string what, CancellationToken cancellationToken)
        where T : class
    {
        within = within < Patience ? Patience : within;
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

    /// <summary>Waits until <paramref name="condition"/> holds; fails as <see cref="GetAsync"/> does.</summary>
    public static Task HoldsAsync(Func<Task<bool>> condition, TimeSpan within, string what, CancellationToken cancellationToken) =>
        GetAsync(async () => await condition() ? what : null, within, what, cancellationToken);

    /// <summary>Waits until <paramref name="condition"/> holds; fails as <see cref="GetAsync"/> does.</summary>
    public static Task HoldsAsync(Func<bool> condition, TimeSpan within, string what, CancellationToken cancellationToken) =>
        HoldsAsync(() => Task.FromResult(condition()), within, what, cancellationToken);
}
