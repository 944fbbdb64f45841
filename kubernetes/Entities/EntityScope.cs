namespace SentryOtel.Kubernetes.Entities;

/// <summary>Whether objects of a kind live in a namespace.</summary>
public enum EntityScope
{
    /// <summary>In a namespace.</summary>
    Namespaced,

    /// <summary>In the cluster as a whole.</summary>
    Cluster,
}

/// <summary>States the scope of an entity; without it an entity is namespaced.</summary>
/// <param name="scope">Where its objects live.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EntityScopeAttribute(EntityScope scope) : Attribute
{
    /// <summary>Where the entity's objects live.</summary>
    public EntityScope Scope { get; } = scope;
}
