using System.Collections.Concurrent;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Gateway.Ingest;

/// <summary>The queues of one exporter, made as projects come up.</summary>
internal sealed class ProjectQueues(
    QueueRules rules, Func<string, int> weightOf, RateLimitStore rateLimits, Admission admission, SendScheduler scheduler, MonotonicClock clock)
{
    /// <summary>A queue without data for so long is forgotten, with what it knew of its project.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Name, OtlpSignal Signal), ProjectQueue> _queues = new();
    private readonly Lock _sweeping = new();
    private TimeSpan _swept = clock.Now;
    private readonly QueueRoom _room = new(rules.MaxBytes, admission);
    private volatile QueueRules _rules = rules;
    private volatile bool _draining;

    public IEnumerable<ProjectQueue> All => _queues.Values;

    /// <summary>The queue of a route, pointed at where the route leads now.</summary>
    public ProjectQueue Of(Route route, OtlpSignal signal)
    {
        var current = _rules;
        if (!_queues.TryGetValue((route.Queue, signal), out var queue) || queue.IsRetired)
        {
            if (queue is not null)
            {
                _queues.TryRemove(new((route.Queue, signal), queue));
            }

            Sweep();
            queue = Make(route, signal, current);

            // Asked when the queue is among the others: whoever changes weights later finds it there.
            queue.Turns.Weight = weightOf(queue.Name);
        }

        queue.Retarget(route.Target);
        if (route.IsHeld)
        {
            queue.Suspend();
        }

        current = _rules;
        if (!ReferenceEquals(queue.Limits, current.Limits[signal]))
        {
            // It came up while other rules were put in force.
            queue.Apply(current.Limits[signal], current.Backoff);
        }

        if (_draining)
        {
            queue.Drain();
        }

        return queue;
    }

    private ProjectQueue Make(Route route, OtlpSignal signal, QueueRules current) => _queues.GetOrAdd(
        (route.Queue, signal),
        static (key, state) => new ProjectQueue(
            key.Name, key.Signal, state.route.Target, state.current.Limits[key.Signal], state.room, state.current.Backoff, state.rateLimits, state.clock),
        (route, current, room: _room, rateLimits, clock));

    // Queues are forgotten when others come up: that is when they would grow in number.
    private void Sweep()
    {
        lock (_sweeping)
        {
            if (clock.Now - _swept < SweepInterval)
            {
                return;
            }

            _swept = clock.Now;
        }

        foreach (var entry in _queues)
        {
            if (entry.Value.TryRetire(Idle))
            {
                _queues.TryRemove(entry);
            }
        }
    }

    /// <summary>Queues data; false when there is no room.</summary>
    public bool TryEnqueue(ProjectQueue queue, QueuedData data, bool isBooked)
    {
        while (!queue.TryEnqueue(data, isBooked))
        {
            if (queue.IsRetired)
            {
                queue = Of(new Route(queue.Name, queue.Target), queue.Signal);
                continue;
            }

            if (_rules.Overflow != OverflowPolicy.DropOldest || !MakeRoom(queue, data.Bytes))
            {
                return false;
            }
        }

        // Whoever fills a batch seals it, so that no more is taken in than is sealed: otherwise a full load piles up before the compressor.
        if (!isBooked && queue.TryTakeFull() is { } full)
        {
            queue.Sealed(full, full.Seal(queue.Signal, queue.Limits, admission));
        }

        scheduler.Wake(queue);
        return true;
    }

    /// <summary>Puts other rules in force, for every queue. A signal without rules keeps those that it had.</summary>
    public void Apply(QueueRules rules)
    {
        var limits = new Dictionary<OtlpSignal, QueueLimits>(_rules.Limits);
        foreach (var (signal, changed) in rules.Limits)
        {
            limits[signal] = changed;
        }

        _rules = rules with { Limits = limits };
        _room.Limit = rules.MaxBytes;
        foreach (var queue in _queues.Values)
        {
            queue.Apply(limits[queue.Signal], rules.Backoff);
            scheduler.Wake(queue);
        }
    }

    /// <summary>Whether <see cref="TryEnqueue"/> would take so much now.</summary>
    public bool HasRoom(ProjectQueue queue, long bytes) =>
        queue.HasRoom(bytes) || (_rules.Overflow == OverflowPolicy.DropOldest && bytes <= queue.Limits.MaxBytes && bytes <= _room.Limit);

    // Within its own bound a project pays for itself; the bound of all is paid for by the largest.
    private bool MakeRoom(ProjectQueue queue, long bytes)
    {
        if (bytes > queue.Limits.MaxBytes || bytes > _room.Limit)
        {
            return false;
        }

        IEnumerable<ProjectQueue> victims = _room.Has(bytes) ? [queue] : _queues.Values.OrderByDescending(candidate => candidate.Read().Bytes);
        return victims.Any(victim => victim.DropOldest() > 0);
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

/// <summary>What the queues of one exporter keep to.</summary>
/// <param name="Limits">By signal.</param>
/// <param name="Backoff">The pauses after failures.</param>
/// <param name="MaxBytes">Waiting bytes of all queues together.</param>
/// <param name="Overflow">What gives way when there is no room.</param>
internal sealed record QueueRules(IReadOnlyDictionary<OtlpSignal, QueueLimits> Limits, Backoff Backoff, long MaxBytes, OverflowPolicy Overflow)
{
    public static QueueRules From(ExporterConfiguration exporter, IReadOnlyDictionary<OtlpSignal, BatchConfiguration> batches, Random random) => new(
        batches.ToDictionary(pair => pair.Key, pair => QueueLimits.From(exporter, exporter.Queue.Batch ?? pair.Value, pair.Key == OtlpSignal.Logs)),
        new Backoff(exporter.Retry, random),
        exporter.Queue.Disk is null ? exporter.Queue.MaxBytes : long.MaxValue,
        exporter.Queue.Disk is null ? exporter.Queue.Overflow : OverflowPolicy.Refuse);
}
