using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.Tests;

/// <summary>A cache that holds what the test says.</summary>
internal sealed class TestStore<T>(params IReadOnlyList<T> items) : IStore<T>
    where T : class, IKubernetesObject
{
    public int Count => items.Count;

    public T? Get(ObjectKey key) => items.FirstOrDefault(item => ObjectKey.Of(item) == key);

    public IReadOnlyList<T> List() => items;

    public IReadOnlyList<T> ByNamespace(string @namespace) => [.. items.Where(item => item.Metadata.Namespace == @namespace)];

    public IReadOnlyList<T> ByOwner(string uid) => [.. items.Where(item => item.Metadata.OwnerReferences?.Any(owner => owner.Uid == uid) == true)];

    public IReadOnlyList<T> ByIndex(string index, string value) => throw new KeyNotFoundException(index);
}
