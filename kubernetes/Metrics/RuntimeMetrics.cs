using System.Diagnostics.Metrics;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>
/// The runtime's instruments, under the names that controller-runtime's and client-go's dashboards know. One per host.
/// </summary>
public sealed class RuntimeMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "SentryOtel.Kubernetes";

    private static readonly double[] QueueBounds = [.. Enumerable.Range(-8, 12).Select(static power => Math.Pow(10, power))];

    private static readonly double[] ReconcileBounds =
    [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0,
        1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
    ];

    private readonly Meter _meter;

    /// <summary>Creates the instruments.</summary>
    /// <param name="scope">Set as the meter's scope, to tell the meters of several hosts in one process apart.</param>
    public RuntimeMetrics(object? scope = null)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Scope = scope });
        ReconcileTotal = Counter("controller_runtime_reconcile_total", "Total number of reconciliations per controller.");
        ReconcileErrors = Counter("controller_runtime_reconcile_errors_total", "Total number of reconciliation errors per controller.");
        TerminalReconcileErrors = Counter(
            "controller_runtime_terminal_reconcile_errors_total", "Total number of reconciliation errors per controller that are not retried.");
        ReconcilePanics = Counter(
            "controller_runtime_reconcile_panics_total", "Total number of reconciliations per controller that ended in an unexpected exception.");
        ReconcileTimeouts = Counter(
            "controller_runtime_reconcile_timeouts_total", "Total number of reconciliations per controller that ran into their timeout.");
        ReconcileTime = Histogram("controller_runtime_reconcile_time_seconds", "Length of time per reconciliation per controller.", ReconcileBounds);
        MaxConcurrentReconciles = _meter.CreateGauge<int>(
            "controller_runtime_max_concurrent_reconciles", null, "Maximum number of concurrent reconciles per controller.");
        ActiveWorkers = _meter.CreateUpDownCounter<int>(
            "controller_runtime_active_workers", null, "Number of currently used workers per controller.");
        QueueDepth = _meter.CreateUpDownCounter<int>("workqueue_depth", null, "Current depth of the work queue by priority.");
        QueueAdds = Counter("workqueue_adds_total", "Total number of adds handled by the work queue.");
        QueueRetries = Counter("workqueue_retries_total", "Total number of retries handled by the work queue.");
        QueueDuration = Histogram("workqueue_queue_duration_seconds", "How long an item stays in the work queue before it is taken.", QueueBounds);
        WorkDuration = Histogram("workqueue_work_duration_seconds", "How long processing an item from the work queue takes.", QueueBounds);
        LeaderMasterStatus = _meter.CreateGauge<int>(
            "leader_election_master_status", null, "1 when this instance leads, 0 when it is a standby, per lease.");
        LeaderSlowpath = Counter("leader_election_slowpath_total", "Total number of times the lease was renewed on the slow path.");
        WatchEvents = Counter("reflector_watch_events_total", "Watch events received per kind and type.");
        Lists = Counter("reflector_lists_total", "Lists done per kind and result.");
        Watches = Counter("reflector_watches_total", "Watches ended per kind and result.");
        InformerHandlerErrors = Counter("informer_handler_errors_total", "Exceptions that event handlers threw, per kind.");
        InformerSkipped = Counter("informer_skipped_objects_total", "Objects that were received and could not be used, per kind and reason.");
        InformerObjects = _meter.CreateGauge<int>("informer_cached_objects", null, "Objects in the cache, per kind.");
        EventsRecorded = Counter("event_recorder_events_total", "Events by what became of them: result = sent, dropped_full, dropped_failed.");
    }

    internal Counter<long> ReconcileTotal { get; }

    internal Counter<long> ReconcileErrors { get; }

    internal Counter<long> TerminalReconcileErrors { get; }

    internal Counter<long> ReconcilePanics { get; }

    internal Counter<long> ReconcileTimeouts { get; }

    internal Histogram<double> ReconcileTime { get; }

    internal Gauge<int> MaxConcurrentReconciles { get; }

    internal UpDownCounter<int> ActiveWorkers { get; }

    internal UpDownCounter<int> QueueDepth { get; }

    internal Counter<long> QueueAdds { get; }

    internal Counter<long> QueueRetries { get; }

    internal Histogram<double> QueueDuration { get; }

    internal Histogram<double> WorkDuration { get; }

    internal Gauge<int> LeaderMasterStatus { get; }

    internal Counter<long> LeaderSlowpath { get; }

    internal Counter<long> WatchEvents { get; }

    internal Counter<long> Lists { get; }

    internal Counter<long> Watches { get; }

    internal Counter<long> InformerHandlerErrors { get; }

    internal Counter<long> InformerSkipped { get; }

    internal Gauge<int> InformerObjects { get; }

    internal Counter<long> EventsRecorded { get; }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>A gauge that is read at each scrape, such as the age of work in progress.</summary>
    internal void Observe(string name, string help, Func<double> read, params KeyValuePair<string, object?>[] tags) =>
        _meter.CreateObservableGauge(name, () => new Measurement<double>(read(), tags), null, help);

    private Counter<long> Counter(string name, string help) => _meter.CreateCounter<long>(name, null, help);

    private Histogram<double> Histogram(string name, string help, double[] bounds) =>
        _meter.CreateHistogram(name, null, help, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
