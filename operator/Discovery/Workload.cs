using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Discovery;

/// <summary>A workload as discovery sees it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Metadata">Labels, annotations and owners; the cache's own.</param>
/// <param name="Names">What its pod template says; null where templates are not read.</param>
internal readonly record struct Workload(WorkloadKind Kind, V1ObjectMeta Metadata, TemplateNames? Names = null)
{
    /// <summary>Whether the workload has opted out. Gateways have: they bear the name of an application, and are none of the services.</summary>
    public bool IsDisabled => Metadata.Labels?.ContainsKey(SentryOtelGroup.ExporterLabel) == true ||
        Metadata.Annotations?.TryGetValue(SentryOtelGroup.DiscoveryAnnotation, out var value) == true && value == SentryOtelGroup.DiscoveryDisabled;

    /// <summary>Whether a CronJob made it, which speaks for it.</summary>
    public bool IsOfCronJob =>
        Metadata.OwnerReferences?.Any(static owner => owner.Kind == "CronJob" && owner.ApiVersion.StartsWith("batch/", StringComparison.Ordinal)) == true;

    /// <summary>The value of a label; null when the workload does not have it, or has it empty.</summary>
    public string? Label(string key) => Metadata.Labels?.TryGetValue(key, out var value) == true && value.Length > 0 ? value : null;

    /// <summary><c>Deployment shop/orders</c>.</summary>
    public override string ToString() => $"{Kind} {Metadata.Namespace}/{Metadata.Name}";
}
