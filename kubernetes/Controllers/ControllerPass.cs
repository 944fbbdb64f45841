using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>
/// One of a controller's queues and the workers that empty it: takes a key, runs the pass, and puts the key back as the
/// result asks.
/// </summary>
internal sealed class ControllerPass(
    string name,
    WorkQueue<ObjectKey> queue,
    KeyGate<ObjectKey> gate,
    int workers,
    TimeSpan? timeout,
    Func<ObjectKey, CancellationToken, Task<ReconciliationResult>> pass,
    ControllerMetrics metrics,
    TimeProvider timeProvider,
    ILogger logger)
{
    public WorkQueue<ObjectKey> Queue => queue;

    /// <summary>Runs the workers until <paramref name="stopping"/>; what runs then may end until <paramref name="abort"/>.</summary>
    public Task RunAsync(CancellationToken stopping, CancellationToken abort) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(stopping, abort)));

    private async Task WorkAsync(CancellationToken stopping, CancellationToken abort)
    {
        // Reconciles of one worker must not hold up the start of the next.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (await queue.GetAsync(stopping).ConfigureAwait(false) is { } item)
            {
                await ProcessAsync(item, abort).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.WorkerStopped(logger, name);
        }
    }

    private async Task ProcessAsync(WorkQueueItem<ObjectKey> item, CancellationToken abort)
    {
        if (!gate.TryEnter(item.Key, () => queue.Add(item.Key, item.Priority)))
        {
            queue.Done(item.Key);
            return;
        }

        metrics.Started();
        try
        {
            await RunPassAsync(item, abort).ConfigureAwait(false);
        }
        finally
        {
            metrics.Ended();
            gate.Exit(item.Key);
            queue.Done(item.Key);
        }
    }

    private async Task RunPassAsync(WorkQueueItem<ObjectKey> item, CancellationToken abort)
    {
        using var scope = logger.BeginScope(new ReconcileScope(name, item.Key, Guid.NewGuid()));
        var started = timeProvider.GetTimestamp();
        var result = await CallAsync(item.Key, abort).ConfigureAwait(false);
        if (result is null)
        {
            return;
        }

        metrics.Reconciled(result.Outcome, timeProvider.GetElapsedTime(started));
        switch (result.Outcome)
        {
            case ReconciliationOutcome.Success:
                queue.Forget(item.Key);
                Log.Reconciled(logger, item.Key);
                break;
            case ReconciliationOutcome.RequeueAfter:
                queue.Forget(item.Key);
                queue.AddAfter(item.Key, result.Delay, item.Priority);
                Log.RequeuedAfter(logger, item.Key, result.Delay);
                break;
            case ReconciliationOutcome.Failure when result.Delay > TimeSpan.Zero:
                queue.AddAfter(item.Key, result.Delay, item.Priority);
                Log.ReconcileFailed(logger, result.Error, item.Key, result.Reason, result.Message, queue.NumRequeues(item.Key));
                break;
            case ReconciliationOutcome.Failure:
                queue.AddRateLimited(item.Key, item.Priority);
                Log.ReconcileFailed(logger, result.Error, item.Key, result.Reason, result.Message, queue.NumRequeues(item.Key));
                break;
            default:
                Log.ReconcileFailedForGood(logger, result.Error, item.Key, result.Reason, result.Message);
                break;
        }
    }

    /// <summary>Null when the pass was aborted: whoever leads next starts from the cluster's state anyway.</summary>
    private async Task<ReconciliationResult?> CallAsync(ObjectKey key, CancellationToken abort)
    {
        using var deadline = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, abort);
        try
        {
            return await pass(key, either.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The controller returned no result.");
        }
        catch (Exception exception) when (abort.IsCancellationRequested)
        {
            Log.ReconcileAborted(logger, key, exception.GetType().Name);
            return null;
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested)
        {
            metrics.TimedOut();
            return ReconciliationResult.Failure("Timeout", $"The reconcile took longer than {timeout}.", exception);
        }
        catch (Exception exception)
        {
            if (!IsExpected(exception))
            {
                metrics.Panicked();
            }

            return ReconciliationResult.Failure(exception.GetType().Name, exception.Message, exception);
        }
    }

    /// <summary>Servers and networks fail; anything else that is thrown is a defect (Go would panic).</summary>
    private static bool IsExpected(Exception exception) =>
        exception is KubernetesException or NoKindMatchException or HttpRequestException or IOException or TimeoutException;
}
