using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Queueing;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Controllers;

/// <summary>Hooks the exporter controller up: what it caches, and what wakes it.</summary>
internal static class ExporterRegistration
{
    private const int Workers = 4;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    /// <summary>Adds the controller to a host.</summary>
    public static Controller<SentryExporter> AddExporterController(this OperatorHostBuilder host, OperatorServices services, RouteIndex routes, Random random, PlannedServices? planned = null)
    {
        var deployments = Owned<V1Deployment>(host, services);
        var sets = Owned<V1StatefulSet>(host, services);
        var gateways = Owned<V1Service>(host, services);
        var leases = host.Informer(new InformerOptions<V1Lease> { Namespaces = services.Options.WatchNamespaces, LabelSelector = GatewayLeases.Selector });
        var tables = RoutingTableStore.AddTo(host, services.Options.WatchNamespaces);
        var workloads = new GatewayWorkloads(deployments.Store, sets.Store);
        var sharing = new SharedGateways(host.Informer<SentryExporter>().Store);
        var live = new GatewayLeases(leases.Store, services.TimeProvider);
        var guests = new GatewayGuests(new GatewaySecrets(new SecretReader(services.Client)), tables, workloads);
        var gateway = new GatewayRollout(services, workloads, gateways.Store, sharing, guests, live);
        planned ??= new PlannedServices();
        var reconciler = new ExporterController(services, workloads, routes, gateway, sharing, live, planned);
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
            .Owns(WorkKind.Reconcile, Desired<V1Service>(), gateways)
            .Owns(WorkKind.Reconcile, Removed<V1ServiceAccount>(), Owned<V1ServiceAccount>(host, services))
            .Watches<SentryExporter>(exporter => sharing.KeysIn(exporter.Metadata.Namespace), predicate: SharedGateways.SharingChanged())
            .Watches(deployment => SharersOf(sharing, deployment), WorkKind.Status, predicate: null, deployments)
            .Watches(set => SharersOf(sharing, set), WorkKind.Status, predicate: null, sets)
            .Watches(table => sharing.KeysIn(table.Metadata.Namespace), WorkKind.Reconcile, Comes<V1ConfigMap>(), tables.Informer)
            .Watches(lease => sharing.KeysIn(lease.Metadata.Namespace), WorkKind.Status, Comes<V1Lease>(), leases)
            .Watches<SentryProjectRoute>(static route => [RouteClaims.ExporterOf(route)], WorkKind.Status, RouteChanges.BesideTraffic(), routes.Informer));
        planned.Changed = key => controller.Enqueue(key, WorkKind.Status);
        return controller;
    }

    private static Informer<T> Owned<T>(OperatorHostBuilder host, OperatorServices services)
        where T : class, IKubernetesObject =>
        host.Informer(new InformerOptions<T>
        {
            Namespaces = services.Options.WatchNamespaces,
            LabelSelector = $"app.kubernetes.io/managed-by={ManifestMetadata.ManagedBy}",
        });

    private static IEnumerable<ObjectKey> SharersOf(SharedGateways sharing, IKubernetesObject workload) =>
        workload.Metadata.Name == Naming.SharedGateway ? sharing.KeysIn(workload.Metadata.Namespace) : [];

    private static EventPredicate<T> Comes<T>()
        where T : class, IKubernetesObject =>
        new(update: static (_, _) => false, delete: static _ => false);

    /// <summary>What somebody else changed or removed.</summary>
    private static EventPredicate<T> Desired<T>()
        where T : class, IKubernetesObject =>
        new(create: static _ => false, update: static (before, after) => EventPredicates.GenerationChanged<T>().Update(before, after));

    private static EventPredicate<T> Removed<T>()
        where T : class, IKubernetesObject =>
        new(create: static _ => false, update: static (_, _) => false);
}
