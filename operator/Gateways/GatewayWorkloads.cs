using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Gateways;

/// <summary>The cached workloads of gateways.</summary>
/// <param name="deployments">Those with the queue in memory.</param>
/// <param name="sets">Those with the queue on disk.</param>
internal sealed class GatewayWorkloads(IStore<V1Deployment> deployments, IStore<V1StatefulSet> sets)
{
    /// <summary>The workload that serves an exporter, for the storage that is asked for, and that of the other storage, as long as there is one.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="storage">What its gateway's host asks for.</param>
    public (GatewayWorkload? Present, GatewayWorkload? Leaving) Of(SentryExporter exporter, QueueStorage storage)
    {
        var deployment = Own(deployments, exporter) is { } found ? GatewayWorkload.Of(found) : null;
        var set = Own(sets, exporter) is { } other ? GatewayWorkload.Of(other) : null;
        return storage == QueueStorage.Disk ? (set, deployment) : (deployment, set);
    }

    /// <summary>Whether a gateway was rolled out, or is being rolled out, that serves the exporter.</summary>
    public bool Serves(SentryExporter exporter) => Own(deployments, exporter) is not null || Own(sets, exporter) is not null;

    private static T? Own<T>(IStore<T> store, SentryExporter exporter)
        where T : class, IKubernetesObject
    {
        var workload = store.Get(new ObjectKey(exporter.Metadata.Namespace, Naming.Gateway(exporter)));
        var owners = new GatewayOwners(new HashSet<string>(StringComparer.Ordinal) { exporter.Metadata.Uid! }, exporter.Spec.Gateway.Shared);
        return owners.Own(workload?.Metadata.OwnerReferences) ? workload : null;
    }
}
