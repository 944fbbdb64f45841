using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Parking;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Wire;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Ingest;

/// <summary>Everything behind one exporter: routes, parking, queues, senders.</summary>
internal sealed class ExporterPipeline : IDisposable
{
    private readonly IRouteSource _routes;
    private readonly Accounts _accounts;
    private readonly MonotonicClock _clock;
    private RequestSlicer _slicer;
    private readonly RoutingValueDecoder _decoder = new();
    private readonly SendScheduler _scheduler;
    private readonly ILogger _logger;
    private readonly Random _random;
    /// <summary>From so many on, those of services that fell silent are looked for when another comes up.</summary>
    private const int BucketsToSweep = 1000;

    private static readonly TimeSpan IdleBucket = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, RouteBucket> _buckets = new(StringComparer.Ordinal);

    public ExporterPipeline(
        ExporterConfiguration exporter,
        IReadOnlyDictionary<OtlpSignal, BatchConfiguration> batches,
        IRouteSource routes,
        IBatchSender sender,
        RateLimitStore rateLimits,
        Admission admission,
        Accounts accounts,
        TimeProvider timeProvider,
        Random random,
        ILogger logger,
        TaskScheduler? tasks = null,
        IQueueFiles? files = null)
    {
        Id = exporter.Id;
        Admission = admission;
        _routes = routes;
        _accounts = accounts;
        _logger = logger;
        _random = random;
        _clock = new MonotonicClock(timeProvider);
        _slicer = new RequestSlicer(routes.Attribute);
        var worker = new BatchWorker(Id, sender, admission, queue => routes.Recheck(queue.Name), new LogThrottle(timeProvider), logger);
        _scheduler = new SendScheduler(SendCapacity.From(exporter), worker.DoAsync, _clock, tasks);
        Queues = new ProjectQueues(QueueRules.From(exporter, batches, random), routes.WeightOf, rateLimits, admission, _scheduler, _clock);
        Parking = new ParkingLot(
            exporter.Queue.Parking, FindParked, (route, signal, data) => Queues.TryEnqueue(Queues.Of(route, signal), data, isBooked: true), _clock);
        if (files is not null)
        {
            Disk = new DiskQueue(Id, exporter.Queue, files, new DiskQueueWay(routes, Queues, _clock), Account, admission, timeProvider, logger);
            Disk.StartRecovery();
        }

        routes.Changed += OnRoutesChanged;
    }

    /// <summary>Component id.</summary>
    public string Id { get; }

    /// <summary>The gateway's budget of memory.</summary>
    public Admission Admission { get; }

    public ProjectQueues Queues { get; }

    public ParkingLot Parking { get; }

    /// <summary>The queue on disk; null when data wait in memory alone.</summary>
    public DiskQueue? Disk { get; }

    public IRouteSource Routes => _routes;

    /// <summary>Where metrics go; null for nowhere.</summary>
    public MetricsForwarder? Metrics { get; set; }

    /// <summary>Completes when nothing is being done and nothing is due.</summary>
    public async Task WhenIdleAsync()
    {
        while (true)
        {
            await _scheduler.WhenIdleAsync();
            if (Disk is null)
            {
                return;
            }

            await Disk.WhenIdleAsync();
            if (_scheduler.WhenIdleAsync().IsCompleted && Disk.IsIdle)
            {
                return;
            }
        }
    }

    /// <summary>Cuts a request by the routing attribute.</summary>
    internal OtlpError Slice(OtlpSignal signal, ReadOnlySpan<byte> request, List<RequestSlice> slices)
    {
        var slicer = _slicer;
        if (slicer.RoutingAttribute != _routes.Attribute)
        {
            // A routing table may say otherwise than the one before.
            _slicer = slicer = new RequestSlicer(_routes.Attribute);
        }

        return slicer.Slice(signal, request, slices).Error;
    }

    /// <summary>The value that a slice is routed by; empty when it has none, null when it is not a string.</summary>
    internal string? ValueOf(RequestSlice slice, ReadOnlySpan<byte> request) =>
        slice.Route.Kind == RoutingValueKind.Missing ? string.Empty : _decoder.Decode(slice.Route, request);

    /// <summary>Where data of a value go.</summary>
    internal RouteAnswer Find(string? value) => value is null
        ? RouteAnswer.None(RejectReason.UnroutableValue, $"the resource attribute {_routes.Attribute} is not a string")
        : _routes.Find(value);

    internal ProjectAccount Account(OtlpSignal signal, string project) => _accounts.Of(Id, signal, project);

    /// <summary>Items that the client was told not to send again.</summary>
    internal void Reject(OtlpSignal signal, string project, RejectReason reason, long items, long bytes) =>
        _accounts.Reject(Id, signal, project, reason, items, bytes);

    /// <summary>Items that the client was told to come back with.</summary>
    internal void Refuse(OtlpSignal signal, string project, long items, long bytes) => _accounts.Refuse(Id, signal, project, items, bytes);

    /// <summary>The bucket of a value whose route has limits. A change of the limits starts a new one.</summary>
    internal RouteBucket Bucket(string value, RouteLimits limits)
    {
        if (!_buckets.ContainsKey(value) && _buckets.Count >= BucketsToSweep)
        {
            foreach (var entry in _buckets)
            {
                if (entry.Value.IsIdle(IdleBucket, Now))
                {
                    _buckets.TryRemove(entry);
                }
            }
        }

        var bucket = _buckets.GetOrAdd(value, static (_, state) => new RouteBucket(state.limits, state.Now), (limits, Now));
        return bucket.Limits == limits ? bucket : _buckets[value] = new RouteBucket(limits, Now);
    }

    internal TimeSpan Now => _clock.Now;

    /// <summary>Keeps to another configuration from now on: bounds, batches, retries. What waits, waits under the new rules.</summary>
    public void Apply(ExporterConfiguration exporter, IReadOnlyDictionary<OtlpSignal, BatchConfiguration> batches)
    {
        // Where data wait stays as it is until the next start.
        exporter = exporter with { Queue = exporter.Queue with { Disk = Disk?.Configuration.Disk } };
        _scheduler.Resize(SendCapacity.From(exporter));
        Queues.Apply(QueueRules.From(exporter, batches, _random));
        Parking.Apply(exporter.Queue.Parking);
        Disk?.Apply(exporter.Queue);
    }

    /// <summary>Sends what is queued, for as long as the token lets it; then drops the rest, unless it is on disk.</summary>
    public async Task DrainAsync(CancellationToken giveUp)
    {
        var metrics = Metrics?.DrainAsync(giveUp) ?? Task.CompletedTask;
        Queues.Drain();
        Parking.Settle();
        while (!giveUp.IsCancellationRequested && !(Parking.Services == 0 && Disk is null or { IsEmpty: true } && Queues.All.All(queue => queue.Read().IsEmpty)))
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, giveUp);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        _scheduler.Stop();
        await _scheduler.WhenIdleAsync();
        foreach (var queue in Queues.All)
        {
            if (queue.Stop() is > 0 and var items)
            {
                Log.DroppedAtShutdown(_logger, Id, queue.Target.ProjectSlug, queue.Signal.ToString(), items);
            }
        }

        if (Parking.Stop() is > 0 and var parked)
        {
            Log.ParkedDroppedAtShutdown(_logger, Id, parked);
        }

        await metrics;
        if (Disk is not null)
        {
            await Disk.CloseAsync();
        }
    }

    public void Dispose()
    {
        _routes.Changed -= OnRoutesChanged;
        Parking.Dispose();
        Disk?.Dispose();
        _scheduler.Dispose();
    }

    // Rules may change while data wait: their project is another then, and nobody may have asked for it.
    private RouteAnswer FindParked(string value)
    {
        var answer = _routes.Find(value);
        if (answer.Kind == RouteAnswerKind.Announce)
        {
            _routes.Announce(value);
        }

        return answer;
    }

    private void OnRoutesChanged()
    {
        foreach (var queue in Queues.All)
        {
            queue.Turns.Weight = _routes.WeightOf(queue.Name);
            if (_routes.IsHeld(queue.Name))
            {
                queue.Suspend();
            }
            else if (_routes.TargetOf(queue.Name) is { } target)
            {
                queue.Resume(target);
                _scheduler.Wake(queue);
            }
        }

        Parking.Settle();
        Disk?.Wake();
    }
}
