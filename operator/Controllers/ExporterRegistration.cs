using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Queueing;
using SentryOtel.Operator.Controllers.RouteWakes;
using SentryOtel.Operator.Discovery;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.References;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;

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
    /// <param name="host">The host.</param>
    /// <param name="services">What controllers work with.</param>
    /// <param name="routes">The routes by exporter.</param>
    /// <param name="random">Jitter.</param>
    /// <param name="planned">Services of exporters that are only planned; null where nobody finds any.</param>
    /// <param name="discovery">What discovery found; null where nothing is discovered.</param>
    /// <param name="board">What stands in the way of routing tables; null where nobody writes them.</param>
    public static Controller<SentryExporter> AddExporterController(
        this OperatorHostBuilder host,
        OperatorServices services,
        RouteIndex routes,
        Random random,
        PlannedServices? planned = null,
        DiscoveryBoard? discovery = null,
        RoutingTableBoard? board = null)
    {
        var deployments = Owned<V1Deployment>(host, services);
        var sets = Owned<V1StatefulSet>(host, services);
        var fronts = Owned<V1Service>(host, services);
        var accounts = Owned<V1ServiceAccount>(host, services);
        var tables = RoutingTableStore.AddTo(host, services.Options.WatchNamespaces);
        var leases = host.Informer(new InformerOptions<V1Lease> { Namespaces = services.Options.WatchNamespaces, LabelSelector = GatewayLeases.Selector });
        var workloads = new GatewayWorkloads(deployments.Store, sets.Store, fronts.Store, accounts.Store, tables.Informer.Store);
        var sharing = new SharedGateways(host.Informer<SentryExporter>().Store);
        var live = new GatewayLeases(leases.Store, services.TimeProvider);
        var guests = new GatewayGuests(services.Client, tables, workloads);
        var gateway = new GatewayRollout(services, workloads, fronts.Store, sharing, guests, live);
        planned ??= new PlannedServices();
        discovery ??= new DiscoveryBoard();
        board ??= new RoutingTableBoard();
        var reconciler = new ExporterController(services, workloads, routes, gateway, sharing, live, planned, discovery, board, random);
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
            .Owns(WorkKind.Reconcile, Desired<V1Service>(), fronts)
            .Owns(WorkKind.Reconcile, Removed<V1ServiceAccount>(), accounts)
            .Owns(WorkKind.Reconcile, Desired<V1ConfigMap>().And(IsNoTable()), tables.Informer)
            .Watches<SentryExporter>(exporter => sharing.KeysIn(exporter.Metadata.Namespace), predicate: SharedGateways.SharingChanged())
            .Watches(deployment => SharersOf(sharing, deployment), WorkKind.Status, predicate: null, deployments)
            .Watches(set => SharersOf(sharing, set), WorkKind.Status, predicate: null, sets)
            .Watches(table => sharing.KeysIn(table.Metadata.Namespace), WorkKind.Reconcile, Comes<V1ConfigMap>(), tables.Informer)
            .Watches(lease => sharing.KeysIn(lease.Metadata.Namespace), WorkKind.Status, Comes<V1Lease>(), leases));
        reconciler.ReportAfter = (key, delay) => controller.EnqueueAfter(key, delay, WorkKind.Status);
        planned.Changed = key => controller.Enqueue(key, WorkKind.Status);

        // What a guest's pods mount is its host's business too.
        services.References?.Wakes(ReferenceUserKind.Exporter, key =>
        {
            foreach (var sharer in sharing.SharersOf(key).ToList())
            {
                controller.Enqueue(sharer);
            }
        });
        discovery.Changed = key => controller.Enqueue(key, WorkKind.Status);
        board.Changed = key => controller.Enqueue(key, WorkKind.Status);
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

    private static IEnumerable<ObjectKey> SharersOf(SharedGateways sharing, IKubernetesObject workload) =>
        workload.Metadata.Name == Naming.SharedGateway ? sharing.KeysIn(workload.Metadata.Namespace) : [];

    private static EventPredicate<T> Comes<T>()
        where T : class, IKubernetesObject =>
        new(update: static (_, _) => false, delete: static _ => false);

    /// <summary>What somebody else changed or removed.</summary>
    private static EventPredicate<T> Desired<T>()
        where T : class, IKubernetesObject =>
        new(create: static _ => false, update: static (before, after) => EventPredicates.GenerationChanged<T>().Update(before, after));

    /// <summary>Routing tables have a controller of their own.</summary>
    private static EventPredicate<V1ConfigMap> IsNoTable() =>
        new(static map => !RoutingTableMaps.IsTable(map), static (_, map) => !RoutingTableMaps.IsTable(map), static map => !RoutingTableMaps.IsTable(map));

    private static EventPredicate<T> Removed<T>()
        where T : class, IKubernetesObject =>
        new(create: static _ => false, update: static (_, _) => false);
}
