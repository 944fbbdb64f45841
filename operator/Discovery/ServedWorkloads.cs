using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Discovery;

namespace SentryOtel.Operator.Discovery;

/// <summary>The kinds of workloads that a server serves, each in its newest known version.</summary>
internal sealed class ServedWorkloads
{
    private static readonly WorkloadResource[] Known =
    [
        WorkloadResource.Of<DeploymentMetadata, TemplatedDeployment>(WorkloadKind.Deployment),
        WorkloadResource.Of<StatefulSetMetadata, TemplatedStatefulSet>(WorkloadKind.StatefulSet),
        WorkloadResource.Of<DaemonSetMetadata, TemplatedDaemonSet>(WorkloadKind.DaemonSet),
        WorkloadResource.Of<CronJobMetadata, TemplatedCronJob>(WorkloadKind.CronJob),
        WorkloadResource.Of<V1beta1CronJobMetadata, TemplatedV1beta1CronJob>(WorkloadKind.CronJob),
        WorkloadResource.Of<JobMetadata, TemplatedJob>(WorkloadKind.Job),
    ];

    private ServedWorkloads(IReadOnlyList<WorkloadResource> resources) => Resources = resources;

    /// <summary>One per kind that is served.</summary>
    public IReadOnlyList<WorkloadResource> Resources { get; }

    /// <summary>Asks the server. Once is enough: no server stops serving a version before it has served the next one for several releases.</summary>
    /// <param name="discovery">The server.</param>
    /// <param name="logger">Where a kind that is not served is reported.</param>
    /// <param name="cancellationToken">Ends the questions.</param>
    /// <exception cref="Kubernetes.Client.KubernetesException">The server refused to answer.</exception>
    /// <exception cref="HttpRequestException">The server can not be reached.</exception>
    public static async Task<ServedWorkloads> FindAsync(IApiDiscovery discovery, ILogger logger, CancellationToken cancellationToken)
    {
        List<WorkloadResource> served = [];
        foreach (var kind in Known.GroupBy(static resource => resource.Kind))
        {
            if (await FindAsync(discovery, kind, cancellationToken).ConfigureAwait(false) is { } resource)
            {
                served.Add(resource);
            }
            else
            {
                Log.KindNotServed(logger, kind.Key);
            }
        }

        return new ServedWorkloads(served);
    }

    private static async Task<WorkloadResource?> FindAsync(IApiDiscovery discovery, IEnumerable<WorkloadResource> versions, CancellationToken cancellationToken)
    {
        foreach (var version in versions)
        {
            var (group, name, kind, _, _) = version.Resource;
            if (await discovery.ServesAsync(group, name, kind, cancellationToken).ConfigureAwait(false))
            {
                return version;
            }
        }

        return null;
    }
}
