using System.Collections.Concurrent;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Children;

/// <summary>
/// Children that are not wanted and were seen not to be there: nobody but this operator makes them, so that they need not be looked for in each pass. Workloads are
/// always looked for, since a gateway that nobody expects would still take data.
/// </summary>
internal sealed class AbsentChildren
{
    private readonly ConcurrentDictionary<ObjectKey, (string Uid, HashSet<(EntityMetadata Resource, string Name)> Children)> _absent = new();

    /// <summary>Whether a child need not be read.</summary>
    public bool Contains(SentryExporter exporter, PlannedChild planned) =>
        planned.Wanted is null && Of(exporter).Contains((planned.Resource, planned.Name));

    /// <summary>Remembers what was read. One pass of an exporter runs at a time.</summary>
    public void Note(SentryExporter exporter, Child child)
    {
        var absent = Of(exporter);
        if (child is { Wanted: null, Live: null, IsWorkload: false })
        {
            absent.Add((child.Resource, child.Name));
        }
        else
        {
            absent.Remove((child.Resource, child.Name));
        }
    }

    public void Forget(ObjectKey exporter) => _absent.TryRemove(exporter, out _);

    private HashSet<(EntityMetadata Resource, string Name)> Of(SentryExporter exporter)
    {
        // Where exporters share a gateway, another may have made a child since; the next change of the spec looks again.
        var uid = $"{exporter.Metadata.Uid}/{exporter.Metadata.Generation}";
        return _absent.AddOrUpdate(ObjectKey.Of(exporter), _ => (uid, []), (_, known) => known.Uid == uid ? known : (uid, [])).Children;
    }
}
