using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Tests.Queueing;

internal sealed class RecordedQueueMetrics : IWorkQueueMetrics
{
    public int Adds { get; private set; }

    public int Retries { get; private set; }

    public Dictionary<int, int> Depth { get; } = [];

    public List<TimeSpan> Waits { get; } = [];

    public List<TimeSpan> Work { get; } = [];

    public void Added() => Adds++;

    public void DepthChanged(int priority, int delta) => Depth[priority] = Depth.GetValueOrDefault(priority) + delta;

    public void Dequeued(TimeSpan waited) => Waits.Add(waited);

    public void Worked(TimeSpan duration) => Work.Add(duration);

    public void Retried() => Retries++;
}
