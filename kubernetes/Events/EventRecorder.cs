using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Metrics;

namespace SentryOtel.Kubernetes.Events;

/// <summary>
/// Writes events.k8s.io/v1 events from a bounded queue. Repetitions become a series. When the queue is full or the server
/// keeps refusing, an event is dropped and counted: events are a courtesy and must not cost a reconcile.
/// </summary>
public sealed class EventRecorder : IEventRecorder
{
    internal const int Capacity = 1000;
    internal const int MaxAttempts = 12;
    internal static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Channel<V1Event> _queue = Channel.CreateBounded<V1Event>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly EventSeriesCache _series = new();
    private readonly OverflowNotice _overflow;
    private readonly IKubernetesClient _client;
    private readonly string _controller;
    private readonly string _instance;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RuntimeMetrics? _metrics;
    private long _lastName;

    /// <summary>Prepares a recorder; nothing is sent before <see cref="RunAsync"/>.</summary>
    /// <param name="client">Where to.</param>
    /// <param name="reportingController">Who reports: "example.com/controller".</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Dropped events are told here.</param>
    /// <param name="metrics">event_recorder_events_total; may be null.</param>
    public EventRecorder(
        IKubernetesClient client, string reportingController, TimeProvider timeProvider, ILogger logger, RuntimeMetrics? metrics = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(reportingController);
        _client = client;
        _controller = reportingController;
        _instance = EventText.Cut($"{reportingController.Replace('/', '-')}-{Environment.MachineName}", EventText.MaxInstance);
        _time = timeProvider;
        _overflow = new OverflowNotice(SweepInterval, timeProvider);
        _logger = logger;
        _metrics = metrics;
        foreach (var result in new[] { "sent", "dropped_full", "dropped_failed" })
        {
            Count(result, 0);
        }
    }

    /// <summary>Events that wait to be written.</summary>
    public int QueueLength => _queue.Reader.Count;

    /// <inheritdoc/>
    public void Event(IKubernetesObject regarding, EventType type, string reason, string action, string note, IKubernetesObject? related = null)
    {
        ArgumentNullException.ThrowIfNull(regarding);
        if (!_queue.Writer.TryWrite(Build(regarding, type, reason, action, note, related)))
        {
            Count("dropped_full", 1);
            TellOverflow(_overflow.Add());
        }
    }

    /// <summary>
    /// Writes events until <paramref name="stopping"/>, then what is queued and the counts of open series, until
    /// <paramref name="abort"/>.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        var sweptAt = _time.GetTimestamp();
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await WriteQueuedAsync(stopping, abort).ConfigureAwait(false);
                if (_time.GetElapsedTime(sweptAt) >= SweepInterval)
                {
                    await WriteSeriesAsync(everything: false, stopping, abort).ConfigureAwait(false);
                    TellOverflow(_overflow.TakeDue());
                    sweptAt = _time.GetTimestamp();
                }

                await WaitAsync(stopping).ConfigureAwait(false);
            }

            _queue.Writer.TryComplete();
            await WriteQueuedAsync(stopping, abort).ConfigureAwait(false);
            await WriteSeriesAsync(everything: true, stopping, abort).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            _queue.Writer.TryComplete();
            Count("dropped_failed", _queue.Reader.Count);
            Log.FlushAborted(_logger, _queue.Reader.Count);
        }
    }

    private async Task WriteQueuedAsync(CancellationToken stopping, CancellationToken abort)
    {
        while (_queue.Reader.TryRead(out var entity))
        {
            var write = _series.Add(entity, _time.GetUtcNow(), out var current);
            if (write != EventWrite.Later)
            {
                await SendAsync(current, write, stopping, abort).ConfigureAwait(false);
            }
        }
    }

    private async Task WriteSeriesAsync(bool everything, CancellationToken stopping, CancellationToken abort)
    {
        foreach (var entity in _series.TakeDue(_time.GetUtcNow(), everything))
        {
            await SendAsync(entity, EventWrite.Patch, stopping, abort).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for an event, for the time to look after the series, or for the end.</summary>
    private async Task WaitAsync(CancellationToken stopping)
    {
        using var sweep = new CancellationTokenSource(SweepInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(sweep.Token, stopping);
        try
        {
            await _queue.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Whichever it was, the caller looks.
        }
    }

    private async Task SendAsync(V1Event entity, EventWrite write, CancellationToken stopping, CancellationToken abort)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await (write == EventWrite.Patch ? PatchAsync(entity, abort) : _client.CreateAsync(entity, null, abort)).ConfigureAwait(false);
                Count("sent", 1);
                return;
            }
            catch (KubernetesException exception) when (write == EventWrite.Patch && exception.IsNotFound)
            {
                // The server forgets events after an hour: the series goes on as a new event.
                write = EventWrite.Create;
                entity.Metadata.Name = NewName(entity.Regarding!.Name);
            }
            catch (KubernetesException exception) when (exception.IsAlreadyExists)
            {
                // Our own create arrived although its answer did not.
                Count("sent", 1);
                return;
            }
            catch (Exception exception) when (!abort.IsCancellationRequested)
            {
                // On the way out there is no time to wait for a server that does not answer.
                if (attempt >= MaxAttempts || stopping.IsCancellationRequested || exception is KubernetesException { IsTransient: false, IsUnauthorized: false })
                {
                    Drop(entity, exception);
                    return;
                }

                await Task.Delay(RetryDelay, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception exception)
            {
                Drop(entity, exception);
                throw;
            }
        }
    }

    private void TellOverflow(long dropped)
    {
        if (dropped > 0)
        {
            Log.QueueFull(_logger, dropped, Capacity);
        }
    }

    private void Drop(V1Event entity, Exception exception)
    {
        Count("dropped_failed", 1);
        _series.Forget(entity);
        Log.Dropped(_logger, exception, entity.Regarding?.Name, entity.Reason);
    }

    private Task<V1Event> PatchAsync(V1Event entity, CancellationToken cancellationToken)
    {
        var series = new JsonObject
        {
            ["count"] = entity.Series!.Count,
            ["lastObservedTime"] = entity.Series.LastObservedTime!.Value.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        };
        return _client.PatchAsync<V1Event>(
            entity.Metadata.Name!, entity.Metadata.Namespace, new JsonObject { ["series"] = series }, null, cancellationToken);
    }

    private V1Event Build(
        IKubernetesObject regarding, EventType type, string reason, string action, string note, IKubernetesObject? related) => new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = NewName(regarding.Metadata.Name),
                // Events of cluster-scoped objects live in "default" (client-go's choice, where kubectl looks).
                Namespace = string.IsNullOrEmpty(regarding.Metadata.Namespace) ? "default" : regarding.Metadata.Namespace,
            },
            EventTime = _time.GetUtcNow(),
            ReportingController = _controller,
            ReportingInstance = _instance,
            Action = EventText.Cut(action, EventText.MaxReason),
            Reason = EventText.Cut(reason, EventText.MaxReason),
            Regarding = Reference(regarding),
            Related = related is null ? null : Reference(related),
            Note = EventText.CutBytes(note, EventText.MaxNoteBytes),
            Type = type.ToString(),
        };

    private static V1ObjectReference Reference(IKubernetesObject entity) => new()
    {
        ApiVersion = entity.ApiVersion,
        Kind = entity.Kind,
        Namespace = entity.Metadata.Namespace,
        Name = entity.Metadata.Name,
        Uid = entity.Metadata.Uid,
        ResourceVersion = entity.Metadata.ResourceVersion,
    };

    /// <summary>The object's name and the time in hexadecimal nanoseconds, never the same twice.</summary>
    private string NewName(string? regarding)
    {
        const int MaxName = 253;
        var now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        long last;
        long unique;
        do
        {
            last = Interlocked.Read(ref _lastName);
            unique = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _lastName, unique, last) != last);

        var suffix = "." + unique.ToString("x", CultureInfo.InvariantCulture);
        return EventText.Cut(regarding ?? "unnamed", MaxName - suffix.Length) + suffix;
    }

    private void Count(string result, long by) =>
        _metrics?.EventsRecorded.Add(by, new KeyValuePair<string, object?>("result", result));
}
