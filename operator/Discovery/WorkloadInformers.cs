using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;

namespace SentryOtel.Operator.Discovery;

/// <summary>
/// Caches the workloads of all kinds that the server serves. Which label counts is each exporter's own affair, so that the server can not select for us;
/// the cache is indexed by label keys instead.
/// </summary>
/// <param name="host">Where the informers are added.</param>
/// <param name="served">The kinds.</param>
/// <param name="namespaces">Namespaces to watch; empty for all.</param>
internal sealed class WorkloadInformers(OperatorHostBuilder host, ServedWorkloads served, IReadOnlyList<string> namespaces)
{
    private readonly List<IWorkloadSource> _sources = [.. served.Resources.Select(resource => resource.AddTo(host, namespaces))];

    /// <summary>Whether all is there that an exporter asks for; what is not is asked of the server from now on.</summary>
    public bool Serve(DiscoverySpec discovery) =>
        !ServiceNames.NeedTemplates(discovery) || _sources.Where(source => discovery.WorkloadKinds.Contains(source.Kind)).All(static source => source.ReadTemplates());

    /// <summary>The workloads that may name a service of the exporter.</summary>
    public IEnumerable<Workload> Of(SentryExporter exporter)
    {
        var discovery = exporter.Spec.Discovery;
        var space = discovery.NamespaceSelector is null ? exporter.Metadata.Namespace : null;
        return _sources
            .Where(source => discovery.WorkloadKinds.Contains(source.Kind))
            .SelectMany(source => ServiceNames.NeedTemplates(discovery) ? source.Templated(space) : source.Labelled(discovery.LabelKey));
    }

    /// <summary>Wakes a controller when a workload comes, goes, or changes in what discovery reads.</summary>
    public void Watch(ControllerBuilder<SentryExporter> builder, Func<Workload, IEnumerable<ObjectKey>> map) =>
        _sources.ForEach(source => source.Watch(builder, map));
}
