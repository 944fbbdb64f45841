using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Gateways;

/// <summary>The gateways that live: each renews a Lease of its own.</summary>
internal sealed class GatewayLeases(IStore<V1Lease> leases, TimeProvider timeProvider)
{
    /// <summary>Selects the Leases of gateways.</summary>
    public const string Selector = ComponentLabel + "=gateway," + SentryOtelGroup.ExporterLabel;

    // A pod that comes up writes its Leases one after the other. No rollout is over in this time.
    private static readonly TimeSpan Introduction = TimeSpan.FromSeconds(2);

    private const string ComponentLabel = "app.kubernetes.io/component";

    /// <summary>The Leases of an exporter's gateways that have not run out.</summary>
    public IEnumerable<V1Lease> Live(SentryExporter exporter)
    {
        var now = timeProvider.GetUtcNow();
        var label = Naming.LabelValue(exporter.Metadata.Name!);
        return leases.ByNamespace(exporter.Metadata.Namespace!).Where(lease =>
            Label(lease, SentryOtelGroup.ExporterLabel) == label
            && Label(lease, ComponentLabel) == "gateway"
            && lease.Spec is { RenewTime: { } renewed, LeaseDurationSeconds: { } seconds }
            // Not renewed + duration: a time near the end of the calendar has nothing after it.
            && now - renewed < TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Pods of a shared gateway that speak of an exporter, and pods that speak of others only: they do not serve it.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="sharers">All who share the gateway, itself among them.</param>
    /// <param name="isServed">Every pod served it up to now: one that comes up has a moment to say so. Otherwise one that is young may as well be of the old template.</param>
    public (int Serving, int Silent) OfShared(SentryExporter exporter, IReadOnlyList<SentryExporter> sharers, bool isServed)
    {
        // Pods of the gateway that an exporter had before it began to share may live still.
        var serving = Live(exporter).Where(IsOfSharedGateway).Select(static lease => lease.Spec!.HolderIdentity).ToHashSet(StringComparer.Ordinal);
        var spoken = timeProvider.GetUtcNow() - Introduction;
        var silent = sharers.SelectMany(Live).Where(lease => IsOfSharedGateway(lease) && (!isServed || lease.Spec!.AcquireTime < spoken))
            .Select(static lease => lease.Spec!.HolderIdentity).ToHashSet(StringComparer.Ordinal);
        silent.ExceptWith(serving);
        return (serving.Count, silent.Count);
    }

    private static bool IsOfSharedGateway(V1Lease lease) => lease.Spec!.HolderIdentity?.StartsWith(Naming.SharedGateway + "-", StringComparison.Ordinal) == true;

    private static string? Label(V1Lease lease, string label) => lease.Metadata.Labels?.TryGetValue(label, out var value) == true ? value : null;
}
