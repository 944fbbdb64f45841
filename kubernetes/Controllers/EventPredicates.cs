using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>The usual predicates (controller-runtime's pkg/predicate).</summary>
public static class EventPredicates
{
    /// <summary>Every event.</summary>
    public static EventPredicate<T> All<T>() => new();

    /// <summary>
    /// Changes of the desired state: of generation, or, for kinds without one (ConfigMap, Secret), of anything.
    /// </summary>
    public static EventPredicate<T> GenerationChanged<T>()
        where T : IKubernetesObject =>
        new(update: static (before, after) => before.Metadata.Generation is null or 0 || after.Metadata.Generation is null or 0
            ? before.Metadata.ResourceVersion != after.Metadata.ResourceVersion
            : before.Metadata.Generation != after.Metadata.Generation);

    /// <summary>Changes of labels.</summary>
    public static EventPredicate<T> LabelsChanged<T>()
        where T : IKubernetesObject =>
        new(update: static (before, after) => !SameMap(before.Metadata.Labels, after.Metadata.Labels));

    /// <summary>Changes of annotations.</summary>
    public static EventPredicate<T> AnnotationsChanged<T>()
        where T : IKubernetesObject =>
        new(update: static (before, after) => !SameMap(before.Metadata.Annotations, after.Metadata.Annotations));

    /// <summary>The object's deletion began.</summary>
    public static EventPredicate<T> DeletionTimestampChanged<T>()
        where T : IKubernetesObject =>
        new(update: static (before, after) => before.Metadata.DeletionTimestamp != after.Metadata.DeletionTimestamp);

    /// <summary>
    /// All that people change and programs do not: generation, labels, annotations, deletion. The default for a
    /// controller's own kind, so that its status writes do not wake it.
    /// </summary>
    public static EventPredicate<T> DesiredStateChanged<T>()
        where T : IKubernetesObject =>
        GenerationChanged<T>().Or(LabelsChanged<T>()).Or(AnnotationsChanged<T>()).Or(DeletionTimestampChanged<T>());

    private static bool SameMap(IDictionary<string, string>? before, IDictionary<string, string>? after)
    {
        if ((before?.Count ?? 0) != (after?.Count ?? 0))
        {
            return false;
        }

        return before is null || before.All(pair => after!.TryGetValue(pair.Key, out var value) && value == pair.Value);
    }
}
