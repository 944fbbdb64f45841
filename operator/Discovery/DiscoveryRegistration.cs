using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Discovery;

/// <summary>Hooks discovery up: what it caches, and what wakes it.</summary>
internal static class DiscoveryRegistration
{
    private const string Name = "discovery";

    /// <summary>Adds the controller to a host whose client and options know <see cref="WorkloadJsonContext"/>.</summary>
    /// <param name="host">The host.</param>
    /// <param name="services">What controllers work with.</param>
    /// <param name="routes">The routes by exporter.</param>
    /// <param name="served">The kinds of workloads that the server serves.</param>
    /// <param name="planned">Where services of exporters that are only planned are told; null where nobody reads it.</param>
    /// <param name="board">Where it says what it found; null for nowhere.</param>
    public static Controller<SentryExporter> AddDiscoveryController(
        this OperatorHostBuilder host, OperatorServices services, RouteIndex routes, ServedWorkloads served, PlannedServices? planned = null, DiscoveryBoard? board = null)
    {
        var watched = services.Options.WatchNamespaces;
        var workloads = new WorkloadInformers(host, served, watched);
        var namespaces = new NamespaceLabels(watched.Count == 0 ? host.Informer<V1NamespaceMetadata>() : null, watched);
        var exporters = host.Informer<SentryExporter>().Store;
        var controller = new WorkloadDiscoveryController(
            services, routes, workloads, namespaces, planned ?? new PlannedServices(), board ?? new DiscoveryBoard());
        return host.AddController(controller, builder =>
        {
            builder.Named(Name).Watches(
                static route => [RouteClaims.ExporterOf(route)], predicate: ClaimsChanged(), informer: routes.Informer);
            builder.Watches<SentryExporter>(static exporter => [ObjectKey.Of(exporter)], predicate: LeftProjects.Shrunk());
            workloads.Watch(builder, workload => Interested(exporters, workload));
            if (namespaces.Informer is { } informer)
            {
                builder.Watches(_ => Selecting(exporters), predicate: EventPredicates.LabelsChanged<V1NamespaceMetadata>(), informer: informer);
            }
        });
    }

    /// <summary>What routes say, and whether they are let in.</summary>
    private static EventPredicate<SentryProjectRoute> ClaimsChanged() => EventPredicates.DesiredStateChanged<SentryProjectRoute>()
        .Or(new EventPredicate<SentryProjectRoute>(update: static (before, after) => RouteClaims.IsKeptOut(before) != RouteClaims.IsKeptOut(after)));

    private static IEnumerable<ObjectKey> Interested(IStore<SentryExporter> exporters, Workload workload) => exporters.List()
        .Where(exporter => Concerns(workload, exporter.Spec.Discovery)
            && (exporter.Spec.Discovery.NamespaceSelector is not null || exporter.Metadata.Namespace == workload.Metadata.Namespace))
        .Select(static exporter => ObjectKey.Of(exporter));

    // Each exporter listens to one of the two caches.
    private static bool Concerns(Workload workload, DiscoverySpec discovery) =>
        ServiceNames.NeedTemplates(discovery) == (workload.Names is not null)
        && (ServiceNames.Of(workload, discovery) is not null || ServiceNames.UnreadOf(workload, discovery) is not null);

    private static IEnumerable<ObjectKey> Selecting(IStore<SentryExporter> exporters) => exporters.List()
        .Where(static exporter => exporter.Spec.Discovery.NamespaceSelector is not null)
        .Select(static exporter => ObjectKey.Of(exporter));
}
