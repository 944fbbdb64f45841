using SentryOtel.Gateway.Routing;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>How data leave a disk queue: the routes and the project queues of its exporter.</summary>
internal interface IDiskQueueWay
{
    /// <summary>By the exporter's clock.</summary>
    TimeSpan Now { get; }

    /// <summary>False while the routes can not be trusted yet: what they do not know may come.</summary>
    bool KnowsRoutes { get; }

    RouteAnswer Find(string value);

    /// <summary>Asks for a route.</summary>
    void Announce(string value);

    /// <summary>The queue of a route.</summary>
    ProjectQueue QueueOf(Route route, OtlpSignal signal);

    /// <summary>Gives up the oldest of what waits in a queue, or in the one that holds most; false when nothing waits.</summary>
    bool DropOldest(ProjectQueue? queue);

    /// <summary>Queues data that are booked already; false when the queue is stopped.</summary>
    bool TryDeliver(ProjectQueue queue, QueuedData data);
}
