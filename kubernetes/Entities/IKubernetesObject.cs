namespace SentryOtel.Kubernetes.Entities;

/// <summary>What every object of the Kubernetes API has: a type, and metadata.</summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, <c>apps/v1</c>; the core group is <c>v1</c>.</summary>
    string ApiVersion { get; set; }

    /// <summary>The kind, CamelCase singular: <c>Deployment</c>.</summary>
    string Kind { get; set; }

    /// <summary>Name, namespace, labels and the server's own bookkeeping.</summary>
    V1ObjectMeta Metadata { get; set; }
}
