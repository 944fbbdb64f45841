using Microsoft.AspNetCore.Http;

namespace SentryOtel.Gateway.Receiving;

/// <summary>Ends the reading of a request body that takes too long. Costs nothing for a body that is there already.</summary>
internal sealed class ReadDeadline : IDisposable
{
    private readonly ITimer _timer;
    private volatile bool _passed;

    private ReadDeadline(HttpContext context, TimeSpan timeout, TimeProvider timeProvider)
    {
        var body = context.Request.BodyReader;
        _timer = timeProvider.CreateTimer(
            _ =>
            {
                _passed = true;
                body.CancelPendingRead();
            },
            null,
            timeout,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for <paramref name="reading"/>; <paramref name="tooLate"/> is the result when its time is over.</summary>
    public static ValueTask<T> WaitAsync<T>(ValueTask<T> reading, T tooLate, HttpContext context, TimeSpan? timeout, TimeProvider timeProvider) =>
        reading.IsCompleted || timeout is not { } limit ? reading : WaitAsync(reading, tooLate, context, limit, timeProvider);

    public void Dispose() => _timer.Dispose();

    private static async ValueTask<T> WaitAsync<T>(ValueTask<T> reading, T tooLate, HttpContext context, TimeSpan timeout, TimeProvider timeProvider)
    {
        using var deadline = new ReadDeadline(context, timeout, timeProvider);
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline._passed && !context.RequestAborted.IsCancellationRequested)
        {
            return tooLate;
        }
    }
}
