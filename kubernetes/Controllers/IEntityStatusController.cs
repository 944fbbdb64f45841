using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>
/// A controller with a second, cheap pass that only reports: what its dependents say about themselves wakes this pass
/// instead of a whole reconcile (see <see cref="WorkKind.Status"/>). The two passes of one key never overlap.
/// </summary>
/// <typeparam name="TEntity">The entity's kind.</typeparam>
public interface IEntityStatusController<TEntity> : IEntityController<TEntity>
    where TEntity : class, IKubernetesObject
{
    /// <summary>Updates the status from what is observed. Not called for an entity that is gone.</summary>
    Task<ReconciliationResult> ReconcileStatusAsync(TEntity entity, CancellationToken cancellationToken);
}
