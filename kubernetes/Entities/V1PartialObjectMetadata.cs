namespace SentryOtel.Kubernetes.Entities;

/// <summary>
/// An object of which the server sends the metadata only (PartialObjectMetadata, meta.k8s.io/v1). Derive one type per
/// kind and give it that kind's <see cref="KubernetesEntityAttribute"/>: the client then asks for metadata.
/// </summary>
public abstract class V1PartialObjectMetadata : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "";

    /// <inheritdoc/>
    public string Kind { get; set; } = "";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();
}

/// <summary>Metadata of a Secret, without its content.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Secret", PluralName = "secrets")]
public sealed class V1SecretMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a ConfigMap, without its content.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "ConfigMap", PluralName = "configmaps")]
public sealed class V1ConfigMapMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a Pod.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Pod", PluralName = "pods")]
public sealed class V1PodMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a Namespace.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Namespace", PluralName = "namespaces")]
[EntityScope(EntityScope.Cluster)]
public sealed class V1NamespaceMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a CustomResourceDefinition.</summary>
[KubernetesEntity(Group = "apiextensions.k8s.io", ApiVersion = "v1", Kind = "CustomResourceDefinition", PluralName = "customresourcedefinitions")]
[EntityScope(EntityScope.Cluster)]
public sealed class V1CustomResourceDefinitionMetadata : V1PartialObjectMetadata;
