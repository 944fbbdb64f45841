namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Secret. Its content never appears in text forms.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Secret", PluralName = "secrets")]
public sealed class V1Secret : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Secret";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the content is for: <c>Opaque</c>, <c>kubernetes.io/tls</c> ...</summary>
    public string? Type { get; set; }

    /// <summary>True when the content is frozen.</summary>
    public bool? Immutable { get; set; }

    /// <summary>Content, decoded from base64.</summary>
    public IDictionary<string, byte[]>? Data { get; set; }

    /// <summary>Write-only: plain text that the server stores into <see cref="Data"/>.</summary>
    public IDictionary<string, string>? StringData { get; set; }
}
