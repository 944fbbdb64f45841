using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Kubernetes.Tests.Controllers;

/// <summary>A cache that the test fills.</summary>
internal sealed class WidgetStore : IStore<Widget>
{
    private readonly ConcurrentDictionary<ObjectKey, Widget> _widgets = new();

    public int Count => _widgets.Count;

    public Widget? Get(ObjectKey key) => _widgets.GetValueOrDefault(key);

    public IReadOnlyList<Widget> List() => [.. _widgets.Values];

    public IReadOnlyList<Widget> ByNamespace(string @namespace) => [.. _widgets.Values.Where(widget => widget.Metadata.Namespace == @namespace)];

    public IReadOnlyList<Widget> ByOwner(string uid) => [];

    public IReadOnlyList<Widget> ByIndex(string index, string value) => throw new KeyNotFoundException(index);

    public ObjectKey Put(string name, int size = 1)
    {
        var key = new ObjectKey("shop", name);
        _widgets[key] = new Widget { Metadata = { Name = name, Namespace = "shop", Uid = "uid-" + name }, Size = size };
        return key;
    }
}
