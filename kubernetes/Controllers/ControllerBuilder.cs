using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>Says what wakes a controller (controller-runtime's builder).</summary>
/// <typeparam name="TEntity">The controller's own kind.</typeparam>
public sealed class ControllerBuilder<TEntity>
    where TEntity : class, IKubernetesObject
{
    private readonly List<Action<Controller<TEntity>>> _sources = [];
    private readonly OperatorHostBuilder _host;

    internal ControllerBuilder(OperatorHostBuilder host)
    {
        _host = host;
        Informer = host.Informer<TEntity>();
        Name = EntityMetadata.For<TEntity>().Kind.ToLowerInvariant();
    }

    internal string Name { get; private set; }

    internal ControllerOptions Options { get; private set; } = new();

    internal Informer<TEntity> Informer { get; private set; }

    private EventPredicate<TEntity> Predicate { get; set; } = EventPredicates.DesiredStateChanged<TEntity>();

    /// <summary>Names the controller, in logs and metrics; default: the kind in lower case.</summary>
    public ControllerBuilder<TEntity> Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        return this;
    }

    /// <summary>Sets how it works.</summary>
    public ControllerBuilder<TEntity> WithOptions(ControllerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        return this;
    }

    /// <summary>Reads its own kind from another informer than the host's default one.</summary>
    public ControllerBuilder<TEntity> From(Informer<TEntity> informer)
    {
        ArgumentNullException.ThrowIfNull(informer);
        Informer = informer;
        return this;
    }

    /// <summary>Which changes of its own kind wake it; default <see cref="EventPredicates.DesiredStateChanged{T}"/>.</summary>
    public ControllerBuilder<TEntity> When(EventPredicate<TEntity> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        Predicate = predicate;
        return this;
    }

    /// <summary>Objects of another kind that an entity controls (by owner reference) wake it.</summary>
    /// <param name="kind">The pass they wake.</param>
    /// <param name="predicate">Which of their changes do; null for all.</param>
    /// <param name="informer">Where they are cached; null for the host's default informer.</param>
    public ControllerBuilder<TEntity> Owns<TChild>(
        WorkKind kind = WorkKind.Reconcile, EventPredicate<TChild>? predicate = null, Informer<TChild>? informer = null)
        where TChild : class, IKubernetesObject =>
        Watches(static child => OwnerMapping.ToController<TEntity>(child), kind, predicate, informer);

    /// <summary>Objects of any kind wake the entities that <paramref name="map"/> names, of the old state and of the new.</summary>
    /// <param name="map">Must be quick; it is called from the watch.</param>
    /// <param name="kind">The pass they wake.</param>
    /// <param name="predicate">Which of their changes do; null for all.</param>
    /// <param name="informer">Where they are cached; null for the host's default informer.</param>
    public ControllerBuilder<TEntity> Watches<TOther>(
        Func<TOther, IEnumerable<ObjectKey>> map,
        WorkKind kind = WorkKind.Reconcile,
        EventPredicate<TOther>? predicate = null,
        Informer<TOther>? informer = null)
        where TOther : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(map);
        var source = informer ?? _host.Informer<TOther>();
        _sources.Add(controller => source.AddHandler(new EnqueueHandler<TOther>(
            map, predicate ?? EventPredicates.All<TOther>(), (key, priority) => controller.Enqueue(key, kind, priority))));
        return this;
    }

    /// <summary>Hooks the controller up to its sources.</summary>
    internal void Connect(Controller<TEntity> controller)
    {
        Informer.AddHandler(new EnqueueHandler<TEntity>(
            static entity => [ObjectKey.Of(entity)], Predicate, (key, priority) => controller.Enqueue(key, WorkKind.Reconcile, priority)));
        foreach (var connect in _sources)
        {
            connect(controller);
        }
    }
}
