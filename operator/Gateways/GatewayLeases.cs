using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Gateways;

/// <summary>The gateways that live: each renews a Lease of its own.</summary>
internal sealed class GatewayLeases(IStore<V1Lease> leases, TimeProvider timeProvider)
{
    /// <summary>Selects the Leases of gateways.</summary>
    public const string Selector = ComponentLabel + "=gateway," + SentryOtelGroup.ExporterLabel;

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
            && renewed + TimeSpan.FromSeconds(seconds) > now);
    }

    private static string? Label(V1Lease lease, string label) => lease.Metadata.Labels?.TryGetValue(label, out var value) == true ? value : null;
}
