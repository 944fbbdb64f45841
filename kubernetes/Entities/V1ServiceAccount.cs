using System.Text.Json;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>A ServiceAccount.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "ServiceAccount", PluralName = "serviceaccounts")]
public sealed class V1ServiceAccount : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "ServiceAccount";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>False when pods get no token.</summary>
    public bool? AutomountServiceAccountToken { get; set; }

    /// <summary>Secrets for pulling images.</summary>
    public JsonElement? ImagePullSecrets { get; set; }
}
