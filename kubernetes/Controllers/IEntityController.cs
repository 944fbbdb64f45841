using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>
/// Brings the world in line with an entity. Level based: why it was called is unknown on purpose, and it may be called
/// any number of times. One key is never worked on twice at the same time. An exception is counted as a failure and
/// retried with back-off like <see cref="ReconciliationResult.Failure"/>.
/// </summary>
/// <typeparam name="TEntity">The entity's kind.</typeparam>
public interface IEntityController<TEntity>
    where TEntity : class, IKubernetesObject
{
    /// <summary>The entity exists (perhaps with a deletionTimestamp, while finalizers hold it).</summary>
    /// <param name="entity">A copy of the cached state of its own, which may lag behind the server.</param>
    /// <param name="cancellationToken">Cancelled at the reconcile timeout, at the end of the grace period of a stop, or when the lease is lost.</param>
    Task<ReconciliationResult> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>The entity does not exist (any more). Its dependents are the garbage collector's; most controllers only forget what they remembered.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">As for <see cref="ReconcileAsync"/>.</param>
    Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken);
}
