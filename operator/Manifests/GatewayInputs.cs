using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>All that a gateway's manifests are made from.</summary>
/// <param name="Exporter">The exporter, as stored: with its uid.</param>
/// <param name="DefaultImage">Image when the exporter names none.</param>
/// <param name="SecretHash">Tells the present content of the referenced Secrets and bundles from any other, so that a change rolls the pods.</param>
/// <param name="Versions">API versions that differ between servers.</param>
internal sealed record GatewayInputs(SentryExporter Exporter, string DefaultImage, string SecretHash, ServedVersions Versions)
{
    public string Name => Naming.Gateway(Exporter.Metadata.Name!);

    public GatewaySpec Gateway => Exporter.Spec.Gateway;
}

/// <summary>Which API version a kind is written in; null where the server has none that we know.</summary>
/// <param name="PodDisruptionBudget"><c>policy/v1</c>, or <c>policy/v1beta1</c> before 1.21.</param>
/// <param name="HorizontalPodAutoscaler"><c>autoscaling/v2</c>, or <c>autoscaling/v2beta2</c> before 1.23.</param>
internal sealed record ServedVersions(string? PodDisruptionBudget, string? HorizontalPodAutoscaler);
