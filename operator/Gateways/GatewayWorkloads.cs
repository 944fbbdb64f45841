using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Gateways;

/// <summary>The cached workloads of gateways.</summary>
/// <param name="deployments">Those with the queue in memory.</param>
/// <param name="sets">Those with the queue on disk.</param>
internal sealed class GatewayWorkloads(IStore<V1Deployment> deployments, IStore<V1StatefulSet> sets)
{
    /// <summary>An exporter's workload for the storage that it asks for, and that of the other storage, as long as there is one.</summary>
    public (GatewayWorkload? Present, GatewayWorkload? Leaving) Of(SentryExporter exporter)
    {
        var deployment = Own(deployments, exporter) is { } found ? GatewayWorkload.Of(found) : null;
        var set = Own(sets, exporter) is { } other ? GatewayWorkload.Of(other) : null;
        return exporter.Spec.Queue.Storage == QueueStorage.Disk ? (set, deployment) : (deployment, set);
    }

    private static T? Own<T>(IStore<T> store, SentryExporter exporter)
        where T : class, IKubernetesObject
    {
        var workload = store.Get(new ObjectKey(exporter.Metadata.Namespace, Naming.Gateway(exporter.Metadata.Name!)));
        return workload?.Metadata.OwnerReferences?.Any(owner => owner.Controller == true && owner.Uid == exporter.Metadata.Uid) == true ? workload : null;
    }
}
