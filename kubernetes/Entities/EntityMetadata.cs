using System.Reflection;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>The API resource behind a kind: what is needed to build its URLs.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version within the group.</param>
/// <param name="Kind">CamelCase singular.</param>
/// <param name="PluralName">Lower-case plural as in URLs.</param>
/// <param name="Scope">Whether objects live in a namespace.</param>
public sealed record EntityMetadata(string Group, string Version, string Kind, string PluralName, EntityScope Scope)
{
    /// <summary><c>group/version</c>, or the version alone in the core group: what <c>apiVersion</c> holds.</summary>
    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Reads the attributes of <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">The type has no <see cref="KubernetesEntityAttribute"/>.</exception>
    public static EntityMetadata For<T>()
        where T : IKubernetesObject => Cache<T>.Value.Value;

    /// <inheritdoc/>
    public override string ToString() => Group.Length == 0 ? PluralName : $"{PluralName}.{Group}";

    private static EntityMetadata Read(Type type)
    {
        var entity = type.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new InvalidOperationException($"{type} has no [KubernetesEntity]: its API resource is not known.");
        var scope = type.GetCustomAttribute<EntityScopeAttribute>()?.Scope ?? EntityScope.Namespaced;
        return new EntityMetadata(entity.Group, entity.ApiVersion, entity.Kind, entity.PluralName, scope);
    }

    private static class Cache<T>
    {
        public static readonly Lazy<EntityMetadata> Value = new(() => Read(typeof(T)));
    }
}
