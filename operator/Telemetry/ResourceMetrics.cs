using System.Diagnostics.Metrics;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Telemetry;

/// <summary>
/// What the conditions of exporters and routes say, read from the caches at each scrape. Standby replicas show the same. Routes are counted, since there may be
/// thousands. <c>namespace</c> is no label of theirs: Prometheus gives every target one of that name, the operator's own.
/// </summary>
internal sealed class ResourceMetrics : IDisposable
{
    private readonly Meter _meter = new("SentryOtel.Operator.Resources");

    /// <param name="exporters">The cached exporters.</param>
    /// <param name="routes">The cached routes.</param>
    public ResourceMetrics(IStore<SentryExporter> exporters, IStore<SentryProjectRoute> routes)
    {
        _meter.CreateObservableGauge(
            "sentry_otel_operator_exporter_condition",
            () => exporters.List().SelectMany(Conditions),
            null,
            "Conditions of SentryExporters: 1 with the status and reason that each has now.");
        _meter.CreateObservableGauge(
            "sentry_otel_operator_routes",
            () => Count(routes.List()),
            null,
            "SentryProjectRoutes per exporter, by the status of Ready and its reason.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Conditions(SentryExporter exporter) =>
        from condition in exporter.Status?.Conditions ?? []
        where condition.Type != PlanReasons.PlannedType
        select new Measurement<int>(
            1,
            new("exporter_namespace", exporter.Metadata.Namespace), new("exporter", exporter.Metadata.Name),
            new("type", condition.Type), new("status", condition.Status), new("reason", condition.Reason ?? ""));

    private static IEnumerable<Measurement<int>> Count(IEnumerable<SentryProjectRoute> routes) => routes
        .Select(static route => (Exporter: RouteClaims.ExporterOf(route), Ready: route.Status?.Conditions.FindCondition(RouteReasons.ReadyType)))
        .GroupBy(static route => (route.Exporter, route.Ready?.Status, route.Ready?.Reason))
        .Select(static group => new Measurement<int>(
            group.Count(),
            new("exporter_namespace", group.Key.Exporter.Namespace), new("exporter", group.Key.Exporter.Name),
            new("ready", group.Key.Status ?? ConditionStatus.Unknown), new("reason", group.Key.Reason ?? RouteReasons.Pending)));
}
