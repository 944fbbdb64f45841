using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>From a dependent to the entity that controls it.</summary>
internal static class OwnerMapping
{
    /// <summary>
    /// The key of the object's controller owner when that is of kind <typeparamref name="TOwner"/>, in whatever version.
    /// </summary>
    public static IEnumerable<ObjectKey> ToController<TOwner>(IKubernetesObject dependent)
        where TOwner : IKubernetesObject
    {
        var kind = EntityMetadata.For<TOwner>();
        foreach (var owner in dependent.Metadata.OwnerReferences ?? [])
        {
            if (owner.Controller == true && owner.Kind == kind.Kind && GroupOf(owner.ApiVersion) == kind.Group)
            {
                yield return new ObjectKey(kind.Scope == EntityScope.Cluster ? null : dependent.Metadata.Namespace, owner.Name);
            }
        }
    }

    private static string GroupOf(string apiVersion) =>
        apiVersion.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? apiVersion[..slash] : string.Empty;
}
