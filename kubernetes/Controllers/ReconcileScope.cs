using System.Collections;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>What every log line of one reconcile carries.</summary>
internal sealed class ReconcileScope(string controller, ObjectKey key, Guid reconcileId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _values =
    [
        new("controller", controller),
        new("namespace", key.Namespace),
        new("name", key.Name),
        new("reconcileID", reconcileId),
    ];

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"controller={controller} object={key} reconcileID={reconcileId}";
}
