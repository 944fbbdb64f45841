namespace SentryOtel.Kubernetes.Entities;

/// <summary>Names one object of a kind.</summary>
/// <param name="Namespace">Null for a cluster-scoped object.</param>
/// <param name="Name">The object's name.</param>
public readonly record struct ObjectKey(string? Namespace, string Name)
{
    /// <summary>The key of <paramref name="entity"/>.</summary>
    public static ObjectKey Of(IKubernetesObject entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        var space = entity.Metadata.Namespace;
        return new ObjectKey(string.IsNullOrEmpty(space) ? null : space, entity.Metadata.Name ?? "");
    }

    /// <summary><c>namespace/name</c>, or the name alone.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
