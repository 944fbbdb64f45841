namespace SentryOtel.Kubernetes.Queueing;

/// <summary>What a work queue tells about itself; the names on the wire are client-go's workqueue_* (Metrics folder).</summary>
public interface IWorkQueueMetrics
{
    /// <summary>An item entered the queue.</summary>
    void Added();

    /// <summary>The number of waiting items of one priority changed by <paramref name="delta"/>.</summary>
    void DepthChanged(int priority, int delta);

    /// <summary>An item left the queue after having waited this long.</summary>
    void Dequeued(TimeSpan waited);

    /// <summary>A worker finished an item after this long.</summary>
    void Worked(TimeSpan duration);

    /// <summary>An item was put back by AddRateLimited.</summary>
    void Retried();
}
