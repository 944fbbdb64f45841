using System.Text;
using SentryOtel.Cli.Clusters;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Cli.Tracing;

/// <summary>Reads what a trace looks at.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class TraceReader(ClusterAccess cluster, TimeProvider timeProvider)
{
    // A table has no more slices.
    private const int MaxSlices = 64;

    public async Task<TraceInput> ReadAsync(string service, SentryExporter exporter, IReadOnlyList<SentryProjectRoute> routes, CancellationToken cancellationToken)
    {
        var ns = exporter.Metadata.Namespace!;
        var now = timeProvider.GetUtcNow();
        var pods = GatewayPod.Of(
            exporter,
            await cluster.ListAsync<V1Pod>("gateway pods", ns, GatewayPod.PodSelector, cancellationToken),
            await cluster.ListAsync<V1Lease>("routing tables of gateways", ns, GatewayPod.LeaseSelector, cancellationToken),
            now);
        var (isKnown, entry) = await EntryAsync(service, exporter, cancellationToken);
        return new TraceInput
        {
            Service = service,
            Exporter = exporter,
            Routes = Exporters.RoutesOf(exporter, routes),
            IsTableKnown = isKnown,
            Entry = entry,
            Pods = pods,
            Answers = await Task.WhenAll(pods.Where(static pod => pod.IsReady).Select(pod => cluster.Gateways.AskAsync(pod.Namespace, pod.Name, cancellationToken))),
            Workloads = [.. (await WorkloadsAsync(exporter, cancellationToken)).Where(workload => workload.Concerns(service, exporter.Spec.Discovery.Sources))],
            Now = now,
        };
    }

    private async Task<(bool IsKnown, RouteEntry? Entry)> EntryAsync(string service, SentryExporter exporter, CancellationToken cancellationToken)
    {
        for (int index = 0, count = 1; index < Math.Min(count, MaxSlices); index++)
        {
            var name = index == 0 ? $"{exporter.Metadata.Name}-routes" : $"{exporter.Metadata.Name}-routes-{index}";
            if (await cluster.FindAsync<V1ConfigMap>("the routing table", name, exporter.Metadata.Namespace, cancellationToken) is not { } map
                || map.Data?.TryGetValue(RoutingTableJson.DocumentKey, out var document) != true
                || !RoutingTableJson.TryParse(Encoding.UTF8.GetBytes(document!), out var slice, out _))
            {
                return (false, null);
            }

            count = slice.SliceCount;
            if (slice.Routes.FirstOrDefault(entry => entry.Value == service) is { } found)
            {
                return (true, found);
            }
        }

        return (true, null);
    }

    // Discovery may look at every namespace; a person who may not is told so.
    private async Task<IEnumerable<TracedWorkload>> WorkloadsAsync(SentryExporter exporter, CancellationToken cancellationToken)
    {
        var ns = exporter.Spec.Discovery.NamespaceSelector is null ? exporter.Metadata.Namespace : null;
        var label = exporter.Spec.Discovery.LabelKey;
        var deployments = await cluster.ListAsync<V1Deployment>("Deployments", ns, null, cancellationToken);
        var sets = await cluster.ListAsync<V1StatefulSet>("StatefulSets", ns, null, cancellationToken);
        var daemons = await cluster.ListAsync<V1DaemonSet>("DaemonSets", ns, null, cancellationToken);
        return
        [
            .. deployments.Select(workload => TracedWorkload.Of("Deployment", workload.Metadata, workload.Spec?.Template, label)),
            .. sets.Select(workload => TracedWorkload.Of("StatefulSet", workload.Metadata, workload.Spec?.Template, label)),
            .. daemons.Select(workload => TracedWorkload.Of("DaemonSet", workload.Metadata, workload.Spec?.Template, label)),
            .. await CronJobsAsync(ns, label, cancellationToken),
        ];
    }

    private async Task<IEnumerable<TracedWorkload>> CronJobsAsync(string? ns, string label, CancellationToken cancellationToken)
    {
        if (await cluster.Client.Discovery.ServesAsync("batch", "v1", "CronJob", cancellationToken))
        {
            return (await cluster.ListAsync<V1CronJob>("CronJobs", ns, null, cancellationToken))
                .Select(workload => TracedWorkload.Of("CronJob", workload.Metadata, workload.Spec?.JobTemplate?.Spec?.Template, label));
        }

        return (await cluster.ListAsync<V1beta1CronJob>("CronJobs", ns, null, cancellationToken))
            .Select(workload => TracedWorkload.Of("CronJob", workload.Metadata, workload.Spec?.JobTemplate?.Spec?.Template, label));
    }
}
