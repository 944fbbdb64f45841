using SentryOtel.Crds.Schema;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds;

/// <summary>A Sentry organisation and the OTLP gateway that feeds its projects.</summary>
[KubernetesEntity(Group = SentryOtelGroup.Group, ApiVersion = SentryOtelGroup.Version, Kind = "SentryExporter", PluralName = "sentryexporters")]
[EntityScope(EntityScope.Namespaced)]
[KubernetesEntityNames("sentryexp", Category = "sentry")]
[ScaleSubresource(".spec.gateway.replicas", ".status.gateway.replicas", ".status.gateway.selector")]
[AdditionalPrinterColumn("Org", ".spec.orgSlug", Description = "Slug of the Sentry organisation.")]
[AdditionalPrinterColumn("Routes", ".status.routes.summary", Description = "Routes that are ready, of all.")]
[AdditionalPrinterColumn("Gateway", ".status.gateway.summary", Description = "Gateway pods that are ready, of those wanted.")]
[AdditionalPrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status", Description = "Whether telemetry sent now would arrive.")]
[AdditionalPrinterColumn("Status", ".status.conditions[?(@.type==\"Ready\")].reason", Description = "Why it is ready or not.")]
[AdditionalPrinterColumn("Endpoint", ".status.endpoint.grpc", Priority = 1, Description = "Where clients send OTLP over gRPC.")]
[AdditionalPrinterColumn("Message", ".status.conditions[?(@.type==\"Ready\")].message", Priority = 1, Description = "The status in words.")]
[AdditionalPrinterColumn("Age", ".metadata.creationTimestamp", "date", Description = "Time since the exporter was created.")]
public sealed class SentryExporter : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = SentryOtelGroup.ApiVersion;

    /// <inheritdoc/>
    public string Kind { get; set; } = "SentryExporter";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What is wanted.</summary>
    [Required]
    public SentryExporterSpec Spec { get; set; } = new();

    /// <summary>What the operator found and did.</summary>
    public SentryExporterStatus? Status { get; set; }
}
