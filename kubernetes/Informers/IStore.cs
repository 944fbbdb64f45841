using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>
/// The informer's cache, to read from. It may lag behind the server, also behind this program's own writes. The objects
/// are shared: never change one. Thread safe; results are snapshots.
/// </summary>
/// <typeparam name="T">Kind of the objects.</typeparam>
public interface IStore<T>
    where T : class, IKubernetesObject
{
    /// <summary>How many objects there are.</summary>
    int Count { get; }

    /// <summary>The object of a key; null when there is none.</summary>
    T? Get(ObjectKey key);

    /// <summary>All objects, ordered by namespace and name.</summary>
    IReadOnlyList<T> List();

    /// <summary>The objects of one namespace.</summary>
    IReadOnlyList<T> ByNamespace(string @namespace);

    /// <summary>The objects that have an owner reference to this uid.</summary>
    IReadOnlyList<T> ByOwner(string uid);

    /// <summary>The objects that an index of the informer files under a value.</summary>
    /// <exception cref="KeyNotFoundException">The informer has no such index.</exception>
    IReadOnlyList<T> ByIndex(string index, string value);
}
