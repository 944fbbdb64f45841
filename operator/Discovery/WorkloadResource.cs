using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;

namespace SentryOtel.Operator.Discovery;

/// <summary>One kind of workload in one version, and how it is cached.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Resource">Its resource.</param>
/// <param name="AddTo">Adds its informers to a host, for the namespaces given; empty for all.</param>
internal sealed record WorkloadResource(
    WorkloadKind Kind, EntityMetadata Resource, Func<OperatorHostBuilder, IReadOnlyList<string>, IWorkloadSource> AddTo)
{
    /// <summary>The resource that both types stand for.</summary>
    public static WorkloadResource Of<TMetadata, TTemplated>(WorkloadKind kind)
        where TMetadata : V1PartialObjectMetadata
        where TTemplated : TemplatedWorkload =>
        new(kind, EntityMetadata.For<TMetadata>(), (host, namespaces) => new WorkloadSource<TMetadata, TTemplated>(kind, host, namespaces));
}
