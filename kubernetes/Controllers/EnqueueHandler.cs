using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>
/// Turns events of one kind into keys of a controller. A change enqueues what the old and what the new state map to, so
/// that an object which moves wakes both; backlog and resyncs come with low priority.
/// </summary>
internal sealed class EnqueueHandler<T>(
    Func<T, IEnumerable<ObjectKey>> map, EventPredicate<T> predicate, Action<ObjectKey, int> enqueue) : IInformerHandler<T>
    where T : class, IKubernetesObject
{
    public void OnAdd(T entity, bool isInInitialList)
    {
        if (predicate.Create(entity))
        {
            Enqueue(map(entity), isInInitialList ? WorkQueuePriority.Low : WorkQueuePriority.Normal);
        }
    }

    public void OnUpdate(T oldEntity, T newEntity)
    {
        if (ReferenceEquals(oldEntity, newEntity))
        {
            Enqueue(map(newEntity), WorkQueuePriority.Low);
        }
        else if (predicate.Update(oldEntity, newEntity))
        {
            Enqueue(map(oldEntity).Union(map(newEntity)), WorkQueuePriority.Normal);
        }
    }

    public void OnDelete(T entity, bool finalStateUnknown)
    {
        if (predicate.Delete(entity))
        {
            Enqueue(map(entity), WorkQueuePriority.Normal);
        }
    }

    private void Enqueue(IEnumerable<ObjectKey> keys, int priority)
    {
        foreach (var key in keys)
        {
            enqueue(key, priority);
        }
    }
}
