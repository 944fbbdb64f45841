using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Discovery;

/// <summary>The cached workloads of one kind.</summary>
internal interface IWorkloadSource
{
    /// <summary>The kind.</summary>
    WorkloadKind Kind { get; }

    /// <summary>Those that carry a label, whatever its value, without their templates.</summary>
    IEnumerable<Workload> Labelled(string key);

    /// <summary>Begins to read templates, unless that has begun. True once all are known.</summary>
    bool ReadTemplates();

    /// <summary>All of a namespace, or of all for null, with what their templates say.</summary>
    IEnumerable<Workload> Templated(string? space);

    /// <summary>Wakes a controller when a workload comes, goes, or changes in what discovery reads.</summary>
    void Watch(ControllerBuilder<SentryExporter> builder, Func<Workload, IEnumerable<ObjectKey>> map);
}

/// <summary>
/// Caches metadata from the start, and workloads with their templates from when the first exporter asks for them: reading every template costs the
/// server and the operator much more, and most exporters need none.
/// </summary>
/// <typeparam name="TMetadata">The kind, as metadata.</typeparam>
/// <typeparam name="TTemplated">The kind, with its template.</typeparam>
internal sealed class WorkloadSource<TMetadata, TTemplated> : IWorkloadSource
    where TMetadata : V1PartialObjectMetadata
    where TTemplated : TemplatedWorkload
{
    private const string LabelIndex = "label";

    private readonly Informer<TMetadata> _metadata;
    private readonly OnDemandInformer<TTemplated> _templated;

    /// <param name="kind">The kind.</param>
    /// <param name="host">Where the informers are added.</param>
    /// <param name="namespaces">Namespaces to watch; empty for all.</param>
    public WorkloadSource(WorkloadKind kind, OperatorHostBuilder host, IReadOnlyList<string> namespaces)
    {
        Kind = kind;
        _metadata = host.Informer(new InformerOptions<TMetadata> { Namespaces = namespaces, Transform = Strip });
        _metadata.AddIndex(LabelIndex, static workload => workload.Metadata.Labels?.Keys ?? []);
        _templated = host.OnDemandInformer(new InformerOptions<TTemplated> { Namespaces = namespaces, Transform = Reduce });
    }

    public WorkloadKind Kind { get; }

    public IEnumerable<Workload> Labelled(string key) => _metadata.Store.ByIndex(LabelIndex, key).Select(Of);

    public bool ReadTemplates() => _templated.Use();

    public IEnumerable<Workload> Templated(string? space)
    {
        var store = _templated.Informer.Store;
        return (space is null ? store.List() : store.ByNamespace(space)).Select(Of);
    }

    public void Watch(ControllerBuilder<SentryExporter> builder, Func<Workload, IEnumerable<ObjectKey>> map) => builder
        .Watches(workload => map(Of(workload)), predicate: Changed<TMetadata>(), informer: _metadata)
        .Watches(
            workload => map(Of(workload)),
            predicate: Changed<TTemplated>().Or(new EventPredicate<TTemplated>(update: static (before, after) => before.Names != after.Names)),
            informer: _templated.Informer);

    private static EventPredicate<T> Changed<T>()
        where T : IKubernetesObject => EventPredicates.LabelsChanged<T>().Or(EventPredicates.AnnotationsChanged<T>());

    private static void Reduce(TTemplated workload)
    {
        workload.Reduce();
        Strip(workload);
    }

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
            Annotations = metadata.Annotations?.TryGetValue(SentryOtelGroup.DiscoveryAnnotation, out var discovery) == true
                ? new Dictionary<string, string>(StringComparer.Ordinal) { [SentryOtelGroup.DiscoveryAnnotation] = discovery }
                : null,
            OwnerReferences = metadata.OwnerReferences,
        };
    }

    private Workload Of(TMetadata workload) => new(Kind, workload.Metadata);

    private Workload Of(TTemplated workload) => new(Kind, workload.Metadata, workload.Names);
}
