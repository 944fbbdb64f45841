using Microsoft.AspNetCore.Http;

namespace SentryOtel.Otlp.Bodies;

/// <summary>Ends the reading of a request body that takes too long. Costs nothing for a body that is there already.</summary>
public sealed class ReadDeadline : IDisposable
{
    // The longest delay a timer takes; whoever gives more gives no limit.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

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
    /// <typeparam name="T">What reading results in.</typeparam>
    /// <param name="reading">Reads from the request's body.</param>
    /// <param name="tooLate">The other result.</param>
    /// <param name="context">The request.</param>
    /// <param name="timeout">How long it may take from now on; null for no limit.</param>
    /// <param name="timeProvider">The clock.</param>
    public static ValueTask<T> WaitAsync<T>(ValueTask<T> reading, T tooLate, HttpContext context, TimeSpan? timeout, TimeProvider timeProvider) =>
        !reading.IsCompleted && timeout is { } limit && limit < Longest ? WaitAsync(reading, tooLate, context, limit, timeProvider) : reading;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static async ValueTask<T> WaitAsync<T>(ValueTask<T> reading, T tooLate, HttpContext context, TimeSpan timeout, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(context);
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
