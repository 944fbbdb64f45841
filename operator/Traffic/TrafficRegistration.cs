using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Rounds;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Traffic;

/// <summary>Hooks the reading of gateways up.</summary>
internal static class TrafficRegistration
{
    /// <summary>Adds it to a host that has the route controller.</summary>
    /// <param name="host">The host.</param>
    /// <param name="services">What controllers work with.</param>
    /// <param name="routes">The routes by exporter.</param>
    /// <param name="board">Where the route controller finds what gateways said.</param>
    /// <param name="controller">The route controller.</param>
    /// <param name="handler">The way to pods; the reader's to dispose of.</param>
    /// <returns>To be disposed of after the host.</returns>
    public static IDisposable AddTrafficReporter(
        this OperatorHostBuilder host,
        OperatorServices services,
        RouteIndex routes,
        TrafficBoard board,
        Controller<SentryProjectRoute> controller,
        HttpMessageHandler handler)
    {
        var times = services.Options.TrafficTimes;
        var leases = host.Informer(new InformerOptions<V1Lease> { Namespaces = services.Options.WatchNamespaces, LabelSelector = GatewayLeases.Selector });
        var reader = new GatewayReader(handler, times.ReadTimeout, services.TimeProvider);
        var logger = services.LoggerFactory.CreateLogger<GatewayRound>();
        var parts = new RoundParts("traffic", logger);
        var round = new GatewayRound(services.Client, new GatewayLeases(leases.Store, services.TimeProvider), reader, times.Concurrency, parts, logger);
        var pacer = new StatusPacer(board, times, (key, kind, delay) => controller.EnqueueAfter(key, delay, kind));
        host.AddRunnable(new TrafficReporter(host.Informer<SentryExporter>().Store, routes, round, board, pacer, times, parts, services.TimeProvider));
        return reader;
    }
}
