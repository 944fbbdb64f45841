using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Queueing;
using SentryOtel.Operator.Controllers.RouteWakes;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.References;
using SentryOtel.Operator.Rounds;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Operator.Traffic;
using SentryOtel.Sentry.Api;

namespace SentryOtel.Operator.Controllers;

/// <summary>Hooks the route controller up: what it caches, and what wakes it.</summary>
internal static class ProjectRouteRegistration
{
    // As many calls as the budget of a token lets out at a time: a route waits for Sentry most of its pass.
    private const int Workers = SentryApiBudget.MaxConcurrency;
    private const int StatusWorkers = 4;

    /// <summary>Adds the controller to a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="services">What controllers work with.</param>
    /// <param name="routes">The routes by exporter.</param>
    /// <param name="times">Times of its periodic work; null for the defaults.</param>
    /// <param name="random">Jitter.</param>
    /// <param name="traffic">What gateways say of routes; null where nobody asks them.</param>
    public static Controller<SentryProjectRoute> AddProjectRouteController(
        this OperatorHostBuilder host, OperatorServices services, RouteIndex routes, ProjectRouteTimes? times, Random random, TrafficBoard? traffic = null)
    {
        times ??= new ProjectRouteTimes();
        var spaces = services.Options.WatchNamespaces;
        var exporters = host.Informer<SentryExporter>();
        // Namespaces are cluster-scoped: an operator of some namespaces has no right to list them.
        var namespaces = spaces.Count == 0 ? host.Informer<V1NamespaceMetadata>() : null;
        var tables = RoutingTableStore.AddTo(host, spaces);
        var leases = host.Informer(new InformerOptions<V1Lease> { Namespaces = spaces, LabelSelector = GatewayLeases.Selector });
        var sharing = new SharedGateways(exporters.Store);
        var acceptance = new RouteAcceptance(routes, sharing, namespaces?.Store);
        var gateways = new GatewayLeases(leases.Store, services.TimeProvider);
        var programming = new RouteProgramming(tables, gateways);
        var reconciler = new ProjectRouteController(services, exporters.Store, routes, acceptance, programming, times, random, traffic);
        var controller = host.AddController(reconciler, builder =>
        {
            builder.WithOptions(new ControllerOptions
            {
                MaxConcurrentReconciles = Workers,
                MaxConcurrentStatusReconciles = StatusWorkers,
                RateLimiter = () => new ItemExponentialFailureRateLimiter<ObjectKey>(times.Backoff, times.MaxBackoff, jitterFactor: 0.2, random: random),
            });
            builder.When(ByPeople())
            .Watches(acceptance.RivalsOf, predicate: ClaimChanged(), informer: routes.Informer)
            .Watches<SentryExporter>(exporter => KeysOf(routes, ObjectKey.Of(exporter)), predicate: TermsChanged())
            .Watches<SentryExporter>(exporter => sharing.KeysIn(exporter.Metadata.Namespace).SelectMany(key => KeysOf(routes, key)), predicate: SharedGateways.SharingChanged())
            .Watches<SentryExporter>(exporter => KeysOf(routes, ObjectKey.Of(exporter)), WorkKind.Status, StateChanged());
            if (namespaces is not null)
            {
                builder.Watches(
                    space => KeysIn(routes.Informer.Store, space.Metadata.Name!), predicate: EventPredicates.LabelsChanged<V1NamespaceMetadata>(), informer: namespaces);
            }
        });
        services.References?.Wakes(ReferenceUserKind.Route, key => controller.Enqueue(key));
        reconciler.CheckStatusAfter = (key, delay) => controller.EnqueueAfter(key, delay, WorkKind.Status);
        var served = new ServedGenerations(
            exporters.Store,
            tables,
            gateways,
            times.ProgrammingCheck,
            WakeStatus,
            new RoundParts("served-generations", services.LoggerFactory.CreateLogger<ServedGenerations>()),
            services.TimeProvider);
        tables.Informer.AddHandler(new TableNews(tables, WakeStatus));
        leases.AddHandler(served);
        host.AddRunnable(served);
        host.AddRunnable(new ProjectWatch(services, exporters.Store, routes, reconciler.Resolver, times, random, key => controller.Enqueue(key)));
        return controller;

        void WakeStatus(ObjectKey route) => controller.Enqueue(route, WorkKind.Status);
    }

    /// <summary>Changes of the route that are not this controller's own.</summary>
    private static EventPredicate<SentryProjectRoute> ByPeople() =>
        EventPredicates.GenerationChanged<SentryProjectRoute>()
            .Or(EventPredicates.DeletionTimestampChanged<SentryProjectRoute>())
            .Or(new EventPredicate<SentryProjectRoute>(update: static (before, after) => !Annotations(before).SetEquals(Annotations(after))));

    private static HashSet<KeyValuePair<string, string>> Annotations(SentryProjectRoute route) =>
        [.. route.Metadata.Annotations ?? new Dictionary<string, string>()];

    /// <summary>A route comes, begins to go, or goes: its rivals may win or lose.</summary>
    private static EventPredicate<SentryProjectRoute> ClaimChanged() =>
        EventPredicates.DeletionTimestampChanged<SentryProjectRoute>().Or(EventPredicates.GenerationChanged<SentryProjectRoute>());

    /// <summary>What the exporter says of projects, or whether its token works.</summary>
    private static EventPredicate<SentryExporter> TermsChanged() =>
        EventPredicates.GenerationChanged<SentryExporter>()
            .Or(EventPredicates.DeletionTimestampChanged<SentryExporter>())
            .Or(new EventPredicate<SentryExporter>(update: static (before, after) => PlanMark.IsOn(before) != PlanMark.IsOn(after)))
            .Or(LeftProjects.Shrunk())
            .Or(new EventPredicate<SentryExporter>(update: static (before, after) => HasCredentials(before) != HasCredentials(after)));

    /// <summary>What the status of a route repeats of its exporter's, whose counts change with every route that becomes ready.</summary>
    private static EventPredicate<SentryExporter> StateChanged() =>
        new(update: static (before, after) => RouteStatusComposer.StateOf(before) != RouteStatusComposer.StateOf(after));

    private static bool HasCredentials(SentryExporter exporter) => exporter.Status?.Conditions.IsConditionTrue("CredentialsValid") ?? false;

    private static IEnumerable<ObjectKey> KeysOf(RouteIndex routes, ObjectKey exporter) =>
        routes.Of(exporter).Select(static route => ObjectKey.Of(route));

    private static IEnumerable<ObjectKey> KeysIn(IStore<SentryProjectRoute> routes, string @namespace) =>
        routes.ByNamespace(@namespace).Select(static route => ObjectKey.Of(route));
}
