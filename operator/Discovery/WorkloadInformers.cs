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
    private readonly List<WorkloadSource> _sources = [.. served.Resources.Select(resource => resource.AddTo(host, namespaces))];

    /// <summary>The workloads that carry a label, whatever its value.</summary>
    public IEnumerable<Workload> Labelled(string key) => _sources.SelectMany(source => source.Labelled(key));

    /// <summary>Wakes a controller when a workload comes, goes, or changes in what discovery reads.</summary>
    public void Watch(ControllerBuilder<SentryExporter> builder, Func<Workload, IEnumerable<ObjectKey>> map) =>
        _sources.ForEach(source => source.Watch(builder, map));
}
