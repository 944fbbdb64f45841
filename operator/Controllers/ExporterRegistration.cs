using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Queueing;
using SentryOtel.Operator.Controllers.RouteWakes;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Controllers;

/// <summary>Hooks the exporter controller up: what it caches, and what wakes it.</summary>
internal static class ExporterRegistration
{
    private const int Workers = 4;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    /// <summary>A report goes through all routes: while many become ready, one tells of those of half a second.</summary>
    private static readonly TimeSpan RoutesPause = TimeSpan.FromSeconds(0.5);

    /// <summary>Adds the controller to a host.</summary>
    public static Controller<SentryExporter> AddExporterController(this OperatorHostBuilder host, OperatorServices services, RouteIndex routes, Random random, PlannedServices? planned = null)
    {
        var deployments = Owned<V1Deployment>(host, services);
        var sets = Owned<V1StatefulSet>(host, services);
        planned ??= new PlannedServices();
        var reconciler = new ExporterController(services, new GatewayWorkloads(deployments.Store, sets.Store), routes, planned);
        var controller = host.AddController(reconciler, builder => builder
            .WithOptions(new ControllerOptions
            {
                MaxConcurrentReconciles = Workers,
                RateLimiter = () => new ItemExponentialFailureRateLimiter<ObjectKey>(FirstRetry, LongestRetry, jitterFactor: 0.2, random: random),
            })
            .Owns(WorkKind.Status, predicate: null, deployments)
            .Owns(WorkKind.Reconcile, Desired<V1Deployment>(), deployments)
            .Owns(WorkKind.Status, predicate: null, sets)
            .Owns(WorkKind.Reconcile, Desired<V1StatefulSet>(), sets)
            .Owns(WorkKind.Reconcile, Desired<V1Service>(), Owned<V1Service>(host, services))
            .Owns(WorkKind.Reconcile, Removed<V1ServiceAccount>(), Owned<V1ServiceAccount>(host, services)));
        planned.Changed = key => controller.Enqueue(key, WorkKind.Status);
        routes.Informer.AddHandler(new RouteNews(exporter => controller.EnqueueAfter(exporter, RoutesPause, WorkKind.Status)));
        return controller;
    }

    private static Informer<T> Owned<T>(OperatorHostBuilder host, OperatorServices services)
        where T : class, IKubernetesObject =>
        host.Informer(new InformerOptions<T>
        {
            Namespaces = services.Options.WatchNamespaces,
            LabelSelector = $"app.kubernetes.io/managed-by={ManifestMetadata.ManagedBy}",
        });

    /// <summary>What somebody else changed or removed.</summary>
    private static EventPredicate<T> Desired<T>()
        where T : class, IKubernetesObject =>
        new(create: static _ => false, update: static (before, after) => EventPredicates.GenerationChanged<T>().Update(before, after));

    private static EventPredicate<T> Removed<T>()
        where T : class, IKubernetesObject =>
        new(create: static _ => false, update: static (_, _) => false);
}
