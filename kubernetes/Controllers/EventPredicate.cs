namespace SentryOtel.Kubernetes.Controllers;

/// <summary>Chooses the events that wake a controller. A resync is never filtered.</summary>
/// <typeparam name="T">Kind of the objects.</typeparam>
/// <param name="create">Whether an object that appears counts; null for yes.</param>
/// <param name="update">Whether a change from old to new counts; null for yes.</param>
/// <param name="delete">Whether an object that goes counts; null for yes.</param>
public sealed class EventPredicate<T>(Func<T, bool>? create = null, Func<T, T, bool>? update = null, Func<T, bool>? delete = null)
{
    /// <summary>Whether an object that appears counts.</summary>
    public bool Create(T entity) => create?.Invoke(entity) ?? true;

    /// <summary>Whether a change counts.</summary>
    public bool Update(T oldEntity, T newEntity) => update?.Invoke(oldEntity, newEntity) ?? true;

    /// <summary>Whether an object that goes counts.</summary>
    public bool Delete(T entity) => delete?.Invoke(entity) ?? true;

    /// <summary>Both must hold.</summary>
    public EventPredicate<T> And(EventPredicate<T> other) => new(
        entity => Create(entity) && other.Create(entity),
        (before, after) => Update(before, after) && other.Update(before, after),
        entity => Delete(entity) && other.Delete(entity));

    /// <summary>One must hold.</summary>
    public EventPredicate<T> Or(EventPredicate<T> other) => new(
        entity => Create(entity) || other.Create(entity),
        (before, after) => Update(before, after) || other.Update(before, after),
        entity => Delete(entity) || other.Delete(entity));

    /// <summary>It must not hold.</summary>
    public EventPredicate<T> Not() => new(
        entity => !Create(entity), (before, after) => !Update(before, after), entity => !Delete(entity));
}
