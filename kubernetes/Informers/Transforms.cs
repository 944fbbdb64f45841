using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>Ready-made transforms of cached objects.</summary>
public static class Transforms
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>
    /// Drops managedFields and kubectl's copy of the last applied manifest: often more than the object itself, and, for
    /// Secrets, a copy of the secret.
    /// </summary>
    public static void StripManagedFields(IKubernetesObject entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        entity.Metadata.ManagedFields = null;
        entity.Metadata.Annotations?.Remove(LastApplied);
    }
}
