using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Events;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>For what reasons data go astray although an exporter's routing table is looked after: for the status of exporters, which another controller writes.</summary>
internal sealed class RoutingTableBoard
{
    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyList<Problem>> _problems = new();

    /// <summary>Told of an exporter whose problems have changed; set when the exporter controller is hooked up.</summary>
    public Action<ObjectKey>? Changed { get; set; }

    /// <summary>What stands in the way; null of an exporter that was not looked at since the start.</summary>
    public IReadOnlyList<Problem>? Of(ObjectKey exporter) => _problems.GetValueOrDefault(exporter);

    /// <summary>Takes all that a pass found.</summary>
    public void Set(ObjectKey exporter, IReadOnlyList<Problem> problems)
    {
        var before = Of(exporter);
        _problems[exporter] = problems;
        if (before is null || !before.SequenceEqual(problems))
        {
            Changed?.Invoke(exporter);
        }
    }

    /// <summary>The exporter is gone.</summary>
    public void Forget(ObjectKey exporter) => _problems.TryRemove(exporter, out _);
}
