using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Health;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>
/// Runs an <see cref="IEntityController{TEntity}"/>: keys come in from informers, the cached entity is looked up when the
/// key's turn comes, and the result decides about the next turn.
/// </summary>
/// <typeparam name="TEntity">The entity's kind.</typeparam>
public sealed class Controller<TEntity> : IController
    where TEntity : class, IKubernetesObject
{
    private readonly IStore<TEntity> _store;
    private readonly JsonTypeInfo<TEntity> _typeInfo;
    private readonly ControllerPass _reconcile;
    private readonly ControllerPass? _status;
    private readonly ControllerOptions _options;

    internal Controller(
        string name, IEntityController<TEntity> controller, IStore<TEntity> store, JsonTypeInfo<TEntity> typeInfo, ControllerOptions options, ControllerServices services)
    {
        options.Validate();
        Name = name;
        _store = store;
        _typeInfo = typeInfo;
        _options = options;
        var gate = new KeyGate<ObjectKey>();
        _reconcile = Pass(
            name, options.MaxConcurrentReconciles, options, services, gate,
            (key, token) => Copy(key) is { } entity ? controller.ReconcileAsync(entity, token) : controller.DeletedAsync(key, token));
        if (controller is IEntityStatusController<TEntity> status)
        {
            _status = Pass(
                name + "-status", options.MaxConcurrentStatusReconciles, options, services, gate,
                (key, token) => Copy(key) is { } entity
                    ? status.ReconcileStatusAsync(entity, token)
                    : Task.FromResult(ReconciliationResult.Success()));
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool NeedsLeaderElection => _options.NeedsLeaderElection;

    /// <summary>Wakes the controller for a key, for reasons outside the cluster.</summary>
    public void Enqueue(ObjectKey key, WorkKind kind = WorkKind.Reconcile, int priority = WorkQueuePriority.Normal) =>
        QueueOf(kind).Add(key, priority);

    /// <summary>Wakes the controller for a key after a delay.</summary>
    public void EnqueueAfter(ObjectKey key, TimeSpan delay, WorkKind kind = WorkKind.Reconcile) => QueueOf(kind).AddAfter(key, delay);

    async Task IController.RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        await Task.WhenAll(_reconcile.RunAsync(stopping, abort), _status?.RunAsync(stopping, abort) ?? Task.CompletedTask)
            .ConfigureAwait(false);
        _reconcile.Queue.ShutDown();
        _status?.Queue.ShutDown();
    }

    HealthCheckResult IController.Check()
    {
        var longest = _reconcile.Queue.LongestRunning;
        if (_status is { } status && status.Queue.LongestRunning > longest)
        {
            longest = status.Queue.LongestRunning;
        }

        return longest > _options.StuckAfter
            ? HealthCheckResult.Unhealthy($"a worker of {Name} has been busy with one object for {longest}")
            : HealthCheckResult.Healthy;
    }

    private static ControllerPass Pass(
        string queueName, int workers, ControllerOptions options, ControllerServices services, KeyGate<ObjectKey> gate,
        Func<ObjectKey, CancellationToken, Task<ReconciliationResult>> pass)
    {
        var limiter = options.RateLimiter?.Invoke() ?? RateLimiters.Default<ObjectKey>(services.TimeProvider, services.Random);
        var queueMetrics = new WorkQueueMetrics(services.Metrics, queueName, queueName);
        var queue = new WorkQueue<ObjectKey>(limiter, services.TimeProvider, queueMetrics);
        queueMetrics.Watch(queue);
        return new ControllerPass(
            queueName, queue, gate, workers, options.ReconciliationTimeout, pass,
            new ControllerMetrics(services.Metrics, queueName, workers), services.TimeProvider, services.Logger);
    }

    private WorkQueue<ObjectKey> QueueOf(WorkKind kind) => (kind == WorkKind.Status ? _status ?? _reconcile : _reconcile).Queue;

    /// <summary>The controller may change what it is given; the cache's own copy stays as it is.</summary>
    private TEntity? Copy(ObjectKey key) =>
        _store.Get(key) is { } cached
            ? JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(cached, _typeInfo), _typeInfo)
            : null;
}
