using System.Globalization;
using System.Text.RegularExpressions;
using SentryOtel.Cli.Clusters;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Status;

/// <summary>Reads what <c>status</c> shows.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="name">The one exporter to look at; null for all.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed partial class StatusReader(ClusterAccess cluster, string? name, TimeProvider timeProvider)
{
    public async Task<StatusDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var exporters = Exporters.Choose(await cluster.ExportersAsync(cancellationToken), name, cluster.Namespace);
        var routes = await cluster.RoutesAsync(cancellationToken);
        var pods = await cluster.ListAsync<V1Pod>("gateway pods", cluster.Namespace, GatewayPod.PodSelector, cancellationToken);
        var leases = await cluster.ListAsync<V1Lease>("routing tables of gateways", cluster.Namespace, GatewayPod.LeaseSelector, cancellationToken);
        var now = timeProvider.GetUtcNow();
        var lines = exporters.SelectMany(exporter => Exporters.RoutesOf(exporter, routes)).Concat(Strays(exporters, routes)).Select(Line).ToList();
        return new StatusDocument(
            [.. exporters.Select(Line)],
            lines,
            [.. exporters.SelectMany(exporter => Lines(exporter, GatewayPod.Of(exporter, pods, leases, now)))],
            [.. routes.Where(route => lines.Exists(line => line.Namespace == route.Metadata.Namespace && line.Name == route.Metadata.Name)).SelectMany(Limit)],
            cluster.Gaps);
    }

    // Routes of the namespace that name an exporter which is not there: nobody else would show them.
    private IEnumerable<SentryProjectRoute> Strays(IReadOnlyList<SentryExporter> exporters, IReadOnlyList<SentryProjectRoute> routes) => name is not null
        ? []
        : routes
            .Where(route => (cluster.Namespace is null || route.Metadata.Namespace == cluster.Namespace)
                && exporters.All(exporter => ObjectKey.Of(exporter) != Exporters.Of(route)))
            .OrderBy(static route => route.Spec.AttributeValue, StringComparer.Ordinal);

    private static ExporterLine Line(SentryExporter exporter)
    {
        var (spec, status) = (exporter.Spec, exporter.Status);
        var ready = Readiness.Of(exporter.Metadata, status?.Conditions);
        return new ExporterLine
        {
            Namespace = exporter.Metadata.Namespace!,
            Name = exporter.Metadata.Name!,
            Organization = spec.OrgSlug,
            RoutesReady = status?.Routes?.Ready ?? 0,
            RoutesTotal = status?.Routes?.Total ?? 0,
            GatewayReady = status?.Gateway?.ReadyReplicas ?? 0,
            Gateway = status?.Gateway?.Summary,
            Ready = ready.Status,
            Reason = ready.Reason,
            Message = ready.Message,
            Grpc = status?.Endpoint?.Grpc,
            Http = status?.Endpoint?.Http,
            Created = exporter.Metadata.CreationTimestamp,
        };
    }

    private static RouteLine Line(SentryProjectRoute route)
    {
        var (spec, status) = (route.Spec, route.Status);
        var ready = Readiness.Of(route.Metadata, status?.Conditions);
        return new RouteLine
        {
            Namespace = route.Metadata.Namespace!,
            Name = route.Metadata.Name!,
            Exporter = Exporters.Of(route).ToString(),
            Service = spec.AttributeValue,
            Project = status?.Project?.Slug ?? spec.Project?.Slug,
            Ready = ready.Status,
            Reason = ready.Reason,
            Message = ready.Message,
            LimitedUntil = LimitOf(route) is { } limit ? EndOf(limit.Message) : null,
            Accepted = status?.Traffic?.Accepted,
            Sent = status?.Traffic?.Sent,
            Dropped = status?.Traffic?.Dropped,
            Seen = status?.Traffic?.LastSeenTime,
            Created = route.Metadata.CreationTimestamp,
        };
    }

    private static IEnumerable<GatewayLine> Lines(SentryExporter exporter, IReadOnlyList<GatewayPod> pods)
    {
        var newest = pods.Max(static pod => pod.TableGeneration);
        return pods.Select(pod => new GatewayLine
        {
            Namespace = pod.Namespace,
            Pod = pod.Name,
            Exporter = exporter.Metadata.Name!,
            Ready = pod.IsReady,
            Restarts = pod.Restarts,
            Table = pod.TableGeneration,
            NewestTable = newest,
            Problem = pod.Problem,
            Created = pod.Pod.Metadata.CreationTimestamp,
        });
    }

    private static IEnumerable<LimitLine> Limit(SentryProjectRoute route) => LimitOf(route) is { } limit
        ? [new LimitLine(route.Metadata.Namespace!, route.Spec.AttributeValue, route.Status?.Project?.Slug, EndOf(limit.Message), limit.Message ?? "")]
        : [];

    private static V1Condition? LimitOf(SentryProjectRoute route) =>
        route.Status?.Conditions.FindCondition("RateLimited") is { Status: ConditionStatus.True } limit ? limit : null;

    // The condition tells the ends in its message; the last one counts.
    private static DateTimeOffset? EndOf(string? message) => End().Matches(message ?? "")
        .Select(static match => DateTimeOffset.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
        .Cast<DateTimeOffset?>()
        .Max();

    [GeneratedRegex("until ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)")]
    private static partial Regex End();
}
