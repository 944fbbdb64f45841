namespace SentryOtel.Kubernetes.Entities;

/// <summary>A ConfigMap.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "ConfigMap", PluralName = "configmaps")]
public sealed class V1ConfigMap : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "ConfigMap";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>True when the content is frozen.</summary>
    public bool? Immutable { get; set; }

    /// <summary>Text content.</summary>
    public IDictionary<string, string>? Data { get; set; }

    /// <summary>Binary content, decoded from base64.</summary>
    public IDictionary<string, byte[]>? BinaryData { get; set; }
}
