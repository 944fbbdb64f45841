using SentryOtel.Crds.Schema;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds;

/// <summary>One service and the Sentry project that its telemetry goes to.</summary>
[KubernetesEntity(Group = SentryOtelGroup.Group, ApiVersion = SentryOtelGroup.Version, Kind = "SentryProjectRoute", PluralName = "sentryprojectroutes")]
[EntityScope(EntityScope.Namespaced)]
[KubernetesEntityNames("sentryroutes", "sentryroute", Category = "sentry")]
[AdditionalPrinterColumn("Service", ".spec.attributeValue", Description = "Value of the routing attribute.")]
[AdditionalPrinterColumn("Project", ".status.project.slug", Description = "Slug of the Sentry project.")]
[AdditionalPrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status", Description = "Whether a span sent now would arrive.")]
[AdditionalPrinterColumn("Status", ".status.conditions[?(@.type==\"Ready\")].reason", Description = "Why it is ready or not.")]
[AdditionalPrinterColumn("Seen", ".status.traffic.lastSeenTime", "date", Description = "Time since data of the service last arrived.")]
[AdditionalPrinterColumn("Exporter", ".spec.exporterRef.name", Priority = 1, Description = "The exporter that sends this service's telemetry.")]
[AdditionalPrinterColumn("Origin", ".status.origin", Priority = 1, Description = "Who wrote the route.")]
[AdditionalPrinterColumn("Message", ".status.conditions[?(@.type==\"Ready\")].message", Priority = 1, Description = "The status in words.")]
[AdditionalPrinterColumn("Age", ".metadata.creationTimestamp", "date", Description = "Time since the route was created.")]
public sealed class SentryProjectRoute : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = SentryOtelGroup.ApiVersion;

    /// <inheritdoc/>
    public string Kind { get; set; } = "SentryProjectRoute";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What is wanted.</summary>
    [Required]
    public SentryProjectRouteSpec Spec { get; set; } = new();

    /// <summary>What the operator found and did, and what the gateway saw.</summary>
    public SentryProjectRouteStatus? Status { get; set; }
}
