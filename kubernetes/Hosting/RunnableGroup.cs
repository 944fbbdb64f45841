using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Hosting;

/// <summary>
/// Runnables that start and stop together. The first one to fail is reported at once; stopping waits for all of them,
/// for as long as the host's grace lasts.
/// </summary>
internal sealed class RunnableGroup(string name, IReadOnlyList<Runnable> runnables, ILogger logger, Action<string, Exception> onFailure) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts all; what <paramref name="abort"/> cancels has no time left to end well.</summary>
    public void Start(CancellationToken abort)
    {
        Log.GroupStarting(logger, name, runnables.Count);
        _running = Task.WhenAll(runnables.Select(runnable => Task.Run(() => RunAsync(runnable, abort), CancellationToken.None)));
    }

    /// <summary>Asks all to stop and waits for them, until <paramref name="abort"/>. False when some did not make it.</summary>
    public async Task<bool> StopAsync(CancellationToken abort)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        var aborted = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, abort);
        if (await Task.WhenAny(_running, aborted).ConfigureAwait(false) == _running)
        {
            Log.GroupStopped(logger, name);
            return true;
        }

        Log.GroupAborted(logger, name);
        return false;
    }

    public ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(Runnable runnable, CancellationToken abort)
    {
        try
        {
            await runnable.RunAsync(_stopping.Token, abort).ConfigureAwait(false);
            Log.RunnableEnded(logger, runnable.Name);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested || abort.IsCancellationRequested)
        {
            Log.RunnableEnded(logger, runnable.Name);
        }
        catch (Exception exception)
        {
            Log.RunnableFailed(logger, exception, runnable.Name);
            onFailure(runnable.Name, exception);
        }
    }
}
