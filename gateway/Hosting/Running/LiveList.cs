using System.Collections;
using System.Collections.Immutable;

namespace SentryOtel.Gateway.Hosting.Running;

/// <summary>A list that others hold while it changes: each look sees one state of it.</summary>
internal sealed class LiveList<T> : IReadOnlyList<T>
    where T : class
{
    private ImmutableList<T> _items = [];

    public int Count => Volatile.Read(ref _items).Count;

    public T this[int index] => Volatile.Read(ref _items)[index];

    public void Add(T item) => ImmutableInterlocked.Update(ref _items, static (items, added) => items.Add(added), item);

    public void Remove(T item) => ImmutableInterlocked.Update(ref _items, static (items, removed) => items.Remove(removed), item);

    public IEnumerator<T> GetEnumerator() => Volatile.Read(ref _items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
