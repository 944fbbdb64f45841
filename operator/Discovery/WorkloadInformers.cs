using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Discovery;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Discovery;

/// <summary>
/// Caches the workloads of all kinds that the server serves: no more of their metadata than discovery reads. Which label counts is each exporter's own
/// affair, so that the server can not select for us; the cache is indexed by label keys instead.
/// </summary>
internal sealed class WorkloadInformers
{
    private const string LabelIndex = "label";

    private readonly List<Source> _sources = [];

    private WorkloadInformers()
    {
    }

    /// <summary>Adds an informer of each kind to a host. The server is asked which version of a kind it serves, the newer one first.</summary>
    /// <param name="host">The host.</param>
    /// <param name="namespaces">Namespaces to watch; empty for all.</param>
    /// <param name="logger">Where a kind that is not served is reported.</param>
    /// <param name="cancellationToken">Ends the questions.</param>
    public static async Task<WorkloadInformers> AddToAsync(
        OperatorHostBuilder host, IReadOnlyList<string> namespaces, ILogger logger, CancellationToken cancellationToken)
    {
        Candidate[] candidates =
        [
            Candidate.Of<DeploymentMetadata>(WorkloadKind.Deployment),
            Candidate.Of<StatefulSetMetadata>(WorkloadKind.StatefulSet),
            Candidate.Of<DaemonSetMetadata>(WorkloadKind.DaemonSet),
            Candidate.Of<CronJobMetadata>(WorkloadKind.CronJob),
            Candidate.Of<V1beta1CronJobMetadata>(WorkloadKind.CronJob),
            Candidate.Of<JobMetadata>(WorkloadKind.Job),
        ];
        var informers = new WorkloadInformers();
        foreach (var kind in candidates.GroupBy(static candidate => candidate.Kind))
        {
            var served = await FindServedAsync(host.Client.Discovery, kind, cancellationToken).ConfigureAwait(false);
            if (served is null)
            {
                Log.KindNotServed(logger, kind.Key);
            }
            else
            {
                informers._sources.Add(served.Add(host, namespaces));
            }
        }

        return informers;
    }

    /// <summary>The workloads that carry a label, whatever its value.</summary>
    public IEnumerable<Workload> Labelled(string key) => _sources.SelectMany(source => source.Labelled(key));

    /// <summary>Wakes a controller when a workload comes, goes, or changes in what discovery reads.</summary>
    public void Watch(ControllerBuilder<SentryExporter> builder, Func<Workload, IEnumerable<ObjectKey>> map)
    {
        foreach (var source in _sources)
        {
            source.Watch(builder, map);
        }
    }

    private static async Task<Candidate?> FindServedAsync(IApiDiscovery discovery, IEnumerable<Candidate> candidates, CancellationToken cancellationToken)
    {
        foreach (var candidate in candidates)
        {
            var resource = candidate.Resource;
            if (await discovery.ServesAsync(resource.Group, resource.Version, resource.Kind, cancellationToken).ConfigureAwait(false))
            {
                return candidate;
            }
        }

        return null;
    }

    // All that is kept; a workload's own status changes often, and is nobody's business here.
    private static void Strip(IKubernetesObject workload)
    {
        var metadata = workload.Metadata;
        workload.Metadata = new V1ObjectMeta
        {
            Name = metadata.Name,
            Namespace = metadata.Namespace,
            Uid = metadata.Uid,
            ResourceVersion = metadata.ResourceVersion,
            Labels = metadata.Labels,
            Annotations = metadata.Annotations?.TryGetValue(DiscoveryAnnotations.Discovery, out var discovery) == true
                ? new Dictionary<string, string>(StringComparer.Ordinal) { [DiscoveryAnnotations.Discovery] = discovery }
                : null,
            OwnerReferences = metadata.OwnerReferences,
        };
    }

    private sealed record Candidate(WorkloadKind Kind, EntityMetadata Resource, Func<OperatorHostBuilder, IReadOnlyList<string>, Source> Add)
    {
        public static Candidate Of<T>(WorkloadKind kind)
            where T : V1PartialObjectMetadata =>
            new(kind, EntityMetadata.For<T>(), (host, namespaces) =>
            {
                var informer = host.Informer(new InformerOptions<T> { Namespaces = namespaces, Transform = Strip });
                informer.AddIndex(LabelIndex, static workload => workload.Metadata.Labels?.Keys ?? []);
                return new Source(
                    key => informer.Store.ByIndex(LabelIndex, key).Select(workload => new Workload(kind, workload.Metadata)),
                    (builder, map) => builder.Watches(
                        workload => map(new Workload(kind, workload.Metadata)),
                        predicate: EventPredicates.LabelsChanged<T>().Or(EventPredicates.AnnotationsChanged<T>()),
                        informer: informer));
            });
    }

    private sealed record Source(
        Func<string, IEnumerable<Workload>> Labelled, Action<ControllerBuilder<SentryExporter>, Func<Workload, IEnumerable<ObjectKey>>> Watch);
}
