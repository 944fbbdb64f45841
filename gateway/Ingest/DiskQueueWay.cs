using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Routing;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Ingest;

/// <summary>From the disk queue of an exporter to its routes and project queues.</summary>
internal sealed class DiskQueueWay(IRouteSource routes, ProjectQueues queues, MonotonicClock clock) : IDiskQueueWay
{
    public TimeSpan Now => clock.Now;

    public bool KnowsRoutes => routes.NotReady is null;

    public RouteAnswer Find(string value) => routes.Find(value);

    public void Announce(string value) => routes.Announce(value);

    public ProjectQueue QueueOf(Route route, OtlpSignal signal) => queues.Of(route, signal);

    public bool DropOldest(ProjectQueue? queue) => queue is not null
        ? queue.DropOldest() > 0
        : queues.All.OrderByDescending(candidate => candidate.Read().Bytes).Any(candidate => candidate.DropOldest() > 0);

    public bool TryDeliver(ProjectQueue queue, QueuedData data) => queues.TryEnqueue(queue, data, isBooked: true);
}
