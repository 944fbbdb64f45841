using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Discovery;

/// <summary>One kind of workload in one version, and how it is cached.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Resource">Its resource.</param>
/// <param name="AddTo">Adds an informer to a host, for the namespaces given; empty for all.</param>
internal sealed record WorkloadResource(
    WorkloadKind Kind, EntityMetadata Resource, Func<OperatorHostBuilder, IReadOnlyList<string>, WorkloadSource> AddTo)
{
    private const string LabelIndex = "label";

    /// <summary>The resource that <typeparamref name="T"/> stands for.</summary>
    public static WorkloadResource Of<T>(WorkloadKind kind)
        where T : V1PartialObjectMetadata =>
        new(kind, EntityMetadata.For<T>(), (host, namespaces) =>
        {
            var informer = host.Informer(new InformerOptions<T> { Namespaces = namespaces, Transform = Strip });
            informer.AddIndex(LabelIndex, static workload => workload.Metadata.Labels?.Keys ?? []);
            return new WorkloadSource(
                key => informer.Store.ByIndex(LabelIndex, key).Select(workload => new Workload(kind, workload.Metadata)),
                (builder, map) => builder.Watches(
                    workload => map(new Workload(kind, workload.Metadata)),
                    predicate: EventPredicates.LabelsChanged<T>().Or(EventPredicates.AnnotationsChanged<T>()),
                    informer: informer));
        });

    // What discovery reads, and no more: a cluster may have very many workloads.
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
}

/// <summary>The cached workloads of one kind.</summary>
/// <param name="Labelled">Those that carry a label, whatever its value.</param>
/// <param name="Watch">Wakes a controller when one comes, goes, or changes in what discovery reads.</param>
internal sealed record WorkloadSource(
    Func<string, IEnumerable<Workload>> Labelled, Action<ControllerBuilder<SentryExporter>, Func<Workload, IEnumerable<ObjectKey>>> Watch);
