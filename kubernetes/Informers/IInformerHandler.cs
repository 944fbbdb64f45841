namespace SentryOtel.Kubernetes.Informers;

/// <summary>
/// Hears of every change of an informer's cache, in order, one call at a time. Calls come from the watch itself: a handler
/// puts a key into a queue and returns. Objects are the cache's own and must not be changed.
/// </summary>
/// <typeparam name="T">Kind of the objects.</typeparam>
public interface IInformerHandler<in T>
{
    /// <summary>An object appeared.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="isInInitialList">It was there when the informer, or this handler, began: backlog rather than news.</param>
    void OnAdd(T entity, bool isInInitialList);

    /// <summary>An object changed. In a resync, <paramref name="oldEntity"/> and <paramref name="newEntity"/> are the same instance.</summary>
    void OnUpdate(T oldEntity, T newEntity);

    /// <summary>An object went.</summary>
    /// <param name="entity">Its last known state.</param>
    /// <param name="finalStateUnknown">The deletion itself was missed: <paramref name="entity"/> may be older than the object's end.</param>
    void OnDelete(T entity, bool finalStateUnknown);
}
