using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Gateways;

/// <summary>The cached workloads of gateways, and what else of their children is watched.</summary>
/// <param name="deployments">Those with the queue in memory.</param>
/// <param name="sets">Those with the queue on disk.</param>
/// <param name="services">Their Services.</param>
/// <param name="accounts">Their ServiceAccounts.</param>
/// <param name="maps">Their ConfigMaps, those of routing tables among them.</param>
internal sealed class GatewayWorkloads(
    IStore<V1Deployment> deployments, IStore<V1StatefulSet> sets, IStore<V1Service> services, IStore<V1ServiceAccount> accounts, IStore<V1ConfigMap> maps)
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

    /// <summary>Another text whenever somebody changed what is wanted of one of these children, or removed or replaced it.</summary>
    public string VersionsOf(SentryExporter exporter) => string.Join(
        ' ',
        Generation(Own(deployments, exporter)),
        Generation(Own(sets, exporter)),
        Version(Own(services, exporter)),
        Own(accounts, exporter)?.Metadata.Uid,
        string.Join(' ', maps.ByOwner(exporter.Metadata.Uid!).Where(static map => !RoutingTableMaps.IsTable(map)).Select(Version)));

    private static string Generation(IKubernetesObject? workload) => workload is null ? "" : $"{workload.Metadata.Uid}/{workload.Metadata.Generation}";

    private static string Version(IKubernetesObject? child) => child is null ? "" : $"{child.Metadata.Uid}/{child.Metadata.ResourceVersion}";

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
