using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Operator.Checking;

/// <summary>The question whether whoever asks may do something; every account may ask it.</summary>
[KubernetesEntity(Group = "authorization.k8s.io", ApiVersion = "v1", Kind = "SelfSubjectAccessReview", PluralName = "selfsubjectaccessreviews")]
[EntityScope(EntityScope.Cluster)]
internal sealed class V1SelfSubjectAccessReview : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "authorization.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "SelfSubjectAccessReview";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>The question.</summary>
    public AccessReviewSpec Spec { get; set; } = new();

    /// <summary>The answer.</summary>
    public AccessReviewStatus? Status { get; set; }
}

/// <summary>What is asked.</summary>
internal sealed class AccessReviewSpec
{
    /// <summary>The verb on the resource.</summary>
    public AccessReviewResource ResourceAttributes { get; set; } = new();
}

/// <summary>A verb on a resource.</summary>
internal sealed class AccessReviewResource
{
    /// <summary>Null for all namespaces.</summary>
    public string? Namespace { get; set; }

    public string? Verb { get; set; }

    public string? Group { get; set; }

    public string? Resource { get; set; }

    public string? Subresource { get; set; }

    /// <summary>Null for all objects.</summary>
    public string? Name { get; set; }
}

/// <summary>What the server answers.</summary>
internal sealed class AccessReviewStatus
{
    public bool Allowed { get; set; }

    /// <summary>For people.</summary>
    public string? Reason { get; set; }
}

/// <summary>Its serialiser.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(V1SelfSubjectAccessReview))]
internal sealed partial class CheckJsonContext : JsonSerializerContext;
