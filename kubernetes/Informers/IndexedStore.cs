using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>Objects by key, and by the values that index functions file them under.</summary>
internal sealed class IndexedStore<T> : IStore<T>
    where T : class, IKubernetesObject
{
    public const string NamespaceIndex = "namespace";
    public const string OwnerIndex = "owner";

    private static readonly Comparer<ObjectKey> KeyOrder = Comparer<ObjectKey>.Create(static (x, y) =>
        string.CompareOrdinal(x.Namespace, y.Namespace) is not 0 and var order ? order : string.CompareOrdinal(x.Name, y.Name));

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ObjectKey, T> _items = new(KeyOrder);
    private readonly Dictionary<string, Index> _indexes = new(StringComparer.Ordinal);

    public IndexedStore()
    {
        AddIndex(NamespaceIndex, static entity => entity.Metadata.Namespace is { Length: > 0 } space ? [space] : []);
        AddIndex(OwnerIndex, static entity => entity.Metadata.OwnerReferences?.Select(static owner => owner.Uid) ?? []);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    public void AddIndex(string name, Func<T, IEnumerable<string>> values)
    {
        lock (_gate)
        {
            var index = new Index(values);
            if (!_indexes.TryAdd(name, index))
            {
                throw new ArgumentException($"There is an index named '{name}' already.", nameof(name));
            }

            foreach (var (key, entity) in _items)
            {
                index.Add(key, entity);
            }
        }
    }

    public T? Get(ObjectKey key)
    {
        lock (_gate)
        {
            return _items.GetValueOrDefault(key);
        }
    }

    public IReadOnlyList<T> List()
    {
        lock (_gate)
        {
            return [.. _items.Values];
        }
    }

    public IReadOnlyList<T> ByNamespace(string @namespace) => ByIndex(NamespaceIndex, @namespace);

    public IReadOnlyList<T> ByOwner(string uid) => ByIndex(OwnerIndex, uid);

    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        lock (_gate)
        {
            return _indexes.TryGetValue(index, out var found)
                ? [.. found.Keys(value).Order(KeyOrder).Select(key => _items[key])]
                : throw new KeyNotFoundException($"There is no index named '{index}'.");
        }
    }

    /// <summary>Puts an object in and returns the one it replaces.</summary>
    public T? Set(ObjectKey key, T entity)
    {
        lock (_gate)
        {
            var old = RemoveLocked(key);
            _items.Add(key, entity);
            foreach (var index in _indexes.Values)
            {
                index.Add(key, entity);
            }

            return old;
        }
    }

    public T? Remove(ObjectKey key)
    {
        lock (_gate)
        {
            return RemoveLocked(key);
        }
    }

    private T? RemoveLocked(ObjectKey key)
    {
        if (_items.Remove(key, out var old))
        {
            foreach (var index in _indexes.Values)
            {
                index.Remove(key);
            }
        }

        return old;
    }

    private sealed class Index(Func<T, IEnumerable<string>> values)
    {
        private static readonly HashSet<ObjectKey> None = [];

        private readonly Dictionary<string, HashSet<ObjectKey>> _keys = new(StringComparer.Ordinal);

        // Kept, so that taking an object out does not depend on the function giving the same answer twice.
        private readonly Dictionary<ObjectKey, string[]> _filed = [];

        public HashSet<ObjectKey> Keys(string value) => _keys.GetValueOrDefault(value, None);

        public void Add(ObjectKey key, T entity)
        {
            string[] filed = [.. values(entity).Distinct(StringComparer.Ordinal)];
            _filed[key] = filed;
            foreach (var value in filed)
            {
                if (!_keys.TryGetValue(value, out var keys))
                {
                    _keys[value] = keys = [];
                }

                keys.Add(key);
            }
        }

        public void Remove(ObjectKey key)
        {
            if (!_filed.Remove(key, out var filed))
            {
                return;
            }

            foreach (var value in filed)
            {
                if (_keys.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
                {
                    _keys.Remove(value);
                }
            }
        }
    }
}
