using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>Hooks the routing tables up: what is cached, and what wakes their controller.</summary>
internal static class RoutingTableRegistration
{
    private const string Name = "routing-table";
    private const int Workers = 4;

    /// <summary>Adds the controller to a host, woken by exporters, their routes and their ConfigMaps.</summary>
    /// <param name="host">The host.</param>
    /// <param name="services">What controllers work with.</param>
    /// <param name="routes">The routes by exporter.</param>
    /// <param name="fallbacks">The fallback projects; null to ask Sentry for them.</param>
    /// <param name="board">Is told what stands in the way; null where nobody reads it.</param>
    public static Controller<SentryExporter> AddRoutingTableController(
        this OperatorHostBuilder host, OperatorServices services, RouteIndex routes, IFallbackTargets? fallbacks = null, RoutingTableBoard? board = null)
    {
        var tables = RoutingTableStore.AddTo(host, services.Options.WatchNamespaces);
        var sharing = new SharedGateways(host.Informer<SentryExporter>().Store);
        var controller = new RoutingTableController(services, routes, tables, fallbacks ?? new ProjectFallbackTargets(services), sharing, board ?? new RoutingTableBoard());
        return host.AddController(controller, builder => builder
            .Named(Name)
            .WithOptions(new ControllerOptions { MaxConcurrentReconciles = Workers })
            .Watches<SentryExporter>(exporter => sharing.KeysIn(exporter.Metadata.Namespace), predicate: SharedGateways.SharingChanged())
            .Watches<SentryProjectRoute>(route => sharing.SharersOf(RouteClaims.ExporterOf(route)), predicate: RouteChanges.BesideTraffic(), informer: routes.Informer)
            .Owns<V1ConfigMap>(informer: tables.Informer));
    }
}
