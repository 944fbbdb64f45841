using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>A work queue's numbers under client-go's workqueue_* names, labelled name, controller and (depth) priority.</summary>
public sealed class WorkQueueMetrics : IWorkQueueMetrics
{
    private readonly RuntimeMetrics _metrics;
    private readonly KeyValuePair<string, object?>[] _tags;

    /// <summary>Creates the queue's series, at 0.</summary>
    public WorkQueueMetrics(RuntimeMetrics metrics, string queue, string controller)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _metrics = metrics;
        _tags = [new("name", queue), new("controller", controller)];
        metrics.QueueAdds.Add(0, _tags);
        metrics.QueueRetries.Add(0, _tags);
        DepthChanged(WorkQueuePriority.Normal, 0);
        DepthChanged(WorkQueuePriority.Low, 0);
    }

    /// <summary>Shows the age of the work in progress at each scrape.</summary>
    public void Watch<TKey>(WorkQueue<TKey> queue)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(queue);
        _metrics.Observe(
            "workqueue_unfinished_work_seconds", "How many seconds of work in progress has not been counted by work_duration yet.",
            () => queue.UnfinishedWork.TotalSeconds, _tags);
        _metrics.Observe(
            "workqueue_longest_running_processor_seconds", "How many seconds the longest running processor has been running.",
            () => queue.LongestRunning.TotalSeconds, _tags);
    }

    /// <inheritdoc/>
    public void Added() => _metrics.QueueAdds.Add(1, _tags);

    /// <inheritdoc/>
    public void DepthChanged(int priority, int delta) =>
        _metrics.QueueDepth.Add(delta, [.. _tags, new("priority", priority)]);

    /// <inheritdoc/>
    public void Dequeued(TimeSpan waited) => _metrics.QueueDuration.Record(waited.TotalSeconds, _tags);

    /// <inheritdoc/>
    public void Worked(TimeSpan duration) => _metrics.WorkDuration.Record(duration.TotalSeconds, _tags);

    /// <inheritdoc/>
    public void Retried() => _metrics.QueueRetries.Add(1, _tags);
}
