using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Kubernetes.Health;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Hosting;

/// <summary>
/// Puts an operator together: informers (one per kind, namespaces and selector, shared), controllers, other runnables,
/// health checks. Nothing talks to the server before the host runs.
/// </summary>
public sealed class OperatorHostBuilder
{
    private readonly Dictionary<(Type Kind, object Options), IInformer> _informers = [];
    private readonly List<IController> _controllers = [];
    private readonly List<IRunnable> _runnables = [];
    private readonly OperatorHostOptions _options;
    private readonly JsonSerializerOptions _json;
    private readonly InformerServices _informerServices;
    private readonly object _scope = new();

    /// <summary>Starts with nothing.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="FormatException">A bind address is malformed.</exception>
    public OperatorHostBuilder(IKubernetesClient client, OperatorHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _ = BindAddress.Parse(options.HealthProbeBindAddress);
        _ = BindAddress.Parse(options.MetricsBindAddress);
        options.LeaderElection?.Validate();
        if (options.LeaderElection is not null && (options.LeaderElectionClient is null || ReferenceEquals(options.LeaderElectionClient, client)))
        {
            throw new ArgumentException(
                "LeaderElectionClient must be a client of its own: renewals must not wait behind other requests.", nameof(options));
        }

        Client = client;
        _options = options;
        _json = KubernetesJson.CreateOptions(options.JsonTypeInfoResolvers);
        Exposition = new MetricsExposition(new MetricsExpositionOptions { Includes = Shows });
        Metrics = new RuntimeMetrics(_scope);
        Health = new HealthChecks(options.LoggerFactory);
        Events = new EventRecorder(
            client, options.ReportingController, options.TimeProvider, options.LoggerFactory.CreateLogger<EventRecorder>(), Metrics);
        _informerServices = new InformerServices
        {
            TimeProvider = options.TimeProvider,
            Random = options.Random,
            Logger = options.LoggerFactory.CreateLogger("SentryOtel.Kubernetes.Informers"),
            Metrics = Metrics,
        };
    }

    /// <summary>The client that everything but leader election uses.</summary>
    public IKubernetesClient Client { get; }

    /// <summary>Records events about objects.</summary>
    public IEventRecorder Events { get; }

    /// <summary>The probes; add checks of your own.</summary>
    public HealthChecks Health { get; }

    /// <summary>The runtime's instruments.</summary>
    public RuntimeMetrics Metrics { get; }

    /// <summary>What /metrics shows: the runtime's meter of this host, and every other meter of the process.</summary>
    public MetricsExposition Exposition { get; }

    /// <summary>
    /// The informer of a kind: of the watched namespaces, or of what <paramref name="options"/> say. Equal requests get
    /// the same informer.
    /// </summary>
    public Informer<T> Informer<T>(InformerOptions<T>? options = null)
        where T : class, IKubernetesObject
    {
        var wanted = options ?? new InformerOptions<T> { Namespaces = _options.WatchNamespaces };
        var key = (typeof(T), (object)wanted);
        if (!_informers.TryGetValue(key, out var informer))
        {
            informer = new Informer<T>(Client, wanted, _informerServices);
            _informers.Add(key, informer);
        }

        return (Informer<T>)informer;
    }

    /// <summary>Follows one object by its name, for whoever runs the watch. See <see cref="Informers.ObjectWatch{T}"/>.</summary>
    public IObjectWatch ObjectWatch<T>(ObjectKey key, Action<ObjectWatchState> changed)
        where T : class, IKubernetesObject => new ObjectWatch<T>(Client, key, changed, _informerServices);

    /// <summary>
    /// An informer that asks the server nothing before it is used. The host neither waits for it nor is unready without it; it runs on the leader alone.
    /// Each call makes another.
    /// </summary>
    public OnDemandInformer<T> OnDemandInformer<T>(InformerOptions<T> options)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(options);
        var informer = new OnDemandInformer<T>(new Informer<T>(Client, options, _informerServices));
        AddRunnable(informer);
        return informer;
    }

    /// <summary>Adds a controller; its own kind wakes it, and what <paramref name="configure"/> adds.</summary>
    /// <exception cref="ArgumentException">There is a controller of that name.</exception>
    public Controller<TEntity> AddController<TEntity>(
        IEntityController<TEntity> controller, Action<ControllerBuilder<TEntity>>? configure = null)
        where TEntity : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(controller);
        var builder = new ControllerBuilder<TEntity>(this);
        configure?.Invoke(builder);
        if (_controllers.Any(known => known.Name == builder.Name))
        {
            throw new ArgumentException($"There is a controller named '{builder.Name}' already: give it another name with Named.", nameof(controller));
        }

        var typeInfo = (JsonTypeInfo<TEntity>)_json.GetTypeInfo(typeof(TEntity));
        var logger = _options.LoggerFactory.CreateLogger(controller.GetType().FullName ?? builder.Name);
        var services = new ControllerServices(_options.TimeProvider, _options.Random, Metrics, logger);
        var added = new Controller<TEntity>(builder.Name, controller, builder.Informer.Store, typeInfo, builder.Options, services);
        builder.Connect(added);
        _controllers.Add(added);
        return added;
    }

    /// <summary>Adds something else that runs with the host.</summary>
    public void AddRunnable(IRunnable runnable)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        _runnables.Add(runnable);
    }

    /// <summary>The host, to be run once.</summary>
    public OperatorHost Build() =>
        new(_options, Health, Exposition, Metrics, (EventRecorder)Events, [.. _informers.Values], [.. _controllers], [.. _runnables]);

    private bool Shows(System.Diagnostics.Metrics.Meter meter) =>
        meter.Name != RuntimeMetrics.MeterName || ReferenceEquals(meter.Scope, _scope);
}
