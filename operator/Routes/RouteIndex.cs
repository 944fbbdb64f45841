using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Routes;

/// <summary>The cached routes, by the exporter they name.</summary>
internal sealed class RouteIndex
{
    private const string Index = "exporterRef";
    private const string ClaimIndex = "claim";

    /// <summary>Adds the index to an informer; once per informer.</summary>
    public RouteIndex(Informer<SentryProjectRoute> informer)
    {
        Informer = informer;
        informer.AddIndex(Index, static route => [RouteClaims.ExporterOf(route).ToString()]);
        informer.AddIndex(ClaimIndex, static route => [ClaimOf(RouteClaims.ExporterOf(route), RouteClaims.ValueOf(route))]);
    }

    /// <summary>Where the routes are cached.</summary>
    public Informer<SentryProjectRoute> Informer { get; }

    /// <summary>The index on the host's own informer of routes.</summary>
    public static RouteIndex AddTo(OperatorHostBuilder host) => new(host.Informer<SentryProjectRoute>());

    /// <summary>The routes that name an exporter, whether it accepts them or not. The cache's own objects: never change one.</summary>
    public IReadOnlyList<SentryProjectRoute> Of(ObjectKey exporter) => Informer.Store.ByIndex(Index, exporter.ToString());

    /// <summary>Those of them that claim a value. The cache's own objects: never change one.</summary>
    public IReadOnlyList<SentryProjectRoute> Claiming(ObjectKey exporter, string value) => Informer.Store.ByIndex(ClaimIndex, ClaimOf(exporter, value));

    private static string ClaimOf(ObjectKey exporter, string value) => $"{exporter}\n{value}";
}
