using System.Collections.Concurrent;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Gateway.Ingest;

/// <summary>The queues of one exporter, made as projects come up.</summary>
internal sealed class ProjectQueues(
    IReadOnlyDictionary<OtlpSignal, QueueLimits> limits, Backoff backoff, RateLimitStore rateLimits, SendScheduler scheduler, MonotonicClock clock)
{
    private readonly ConcurrentDictionary<(string Name, OtlpSignal Signal), ProjectQueue> _queues = new();
    private volatile bool _draining;

    public IEnumerable<ProjectQueue> All => _queues.Values;

    /// <summary>The queue of a route, pointed at where the route leads now.</summary>
    public ProjectQueue Of(Route route, OtlpSignal signal)
    {
        var queue = _queues.GetOrAdd(
            (route.Queue, signal),
            static (key, state) => new ProjectQueue(
                key.Name, key.Signal, state.route.Target, state.limits[key.Signal], state.backoff, state.rateLimits, state.clock),
            (route, limits, backoff, rateLimits, clock));
        queue.Retarget(route.Target);
        if (_draining)
        {
            queue.Drain();
        }

        return queue;
    }

    /// <summary>Queues data; false when there is no room.</summary>
    public bool TryEnqueue(ProjectQueue queue, QueuedData data, bool isBooked)
    {
        if (!queue.TryEnqueue(data, isBooked))
        {
            return false;
        }

        scheduler.Wake(queue);
        return true;
    }

    /// <summary>From now on nothing waits for company.</summary>
    public void Drain()
    {
        _draining = true;
        foreach (var queue in _queues.Values)
        {
            queue.Drain();
            scheduler.Wake(queue);
        }
    }
}
